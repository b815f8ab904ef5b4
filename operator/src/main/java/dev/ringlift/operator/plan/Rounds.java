package dev.ringlift.operator.plan;

/**
 * The rounds of tasks. Of each round of a publication there may be several on a node: one that
 * Verify has found wrong is relinked in the next. They count in thousands, so that a task's round
 * rises whichever of the two does, as the API server wants it.
 */
final class Rounds {
  private static final int OF_A_PUBLICATION = 1000;

  private Rounds() {}

  /** In which work is begun on a node. */
  static int first(int ofPublication) {
    return ofPublication * OF_A_PUBLICATION;
  }

  static int ofPublication(int ofTask) {
    return ofTask / OF_A_PUBLICATION;
  }

  /** How often the node was begun anew within the publication's round. */
  static int repeats(int ofTask) {
    return ofTask % OF_A_PUBLICATION;
  }

  /** Whether the next one still belongs to the same round of the publication. */
  static boolean mayRepeat(int ofTask) {
    return repeats(ofTask) + 1 < OF_A_PUBLICATION;
  }
}
