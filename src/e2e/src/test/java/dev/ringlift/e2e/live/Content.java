package dev.ringlift.e2e.live;

/** What a client finds under an object's name. */
sealed interface Content {

  /** Nothing: 404. */
  record Absent() implements Content {
    @Override
    public String toString() {
      return "nothing";
    }
  }

  /**
   * An object.
   *
   * @param body all of it
   * @param colour of its metadata; empty if it has none
   */
  record Present(String body, String colour) implements Content {
    @Override
    public String toString() {
      String line = body.lines().findFirst().orElse("");
      return "'%s'%s".formatted(line, colour.isEmpty() ? "" : " in " + colour);
    }
  }

  Content ABSENT = new Absent();
}
