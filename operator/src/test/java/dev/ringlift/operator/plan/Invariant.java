package dev.ringlift.operator.plan;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What has to hold in every state of a cluster, and for every decision made in it. */
enum Invariant {
  BARRIER("no step begins, and no ring follows on another, before everybody has the present one"),
  FIRST_RING("the first ring is published only where every node answers and every disk is there"),
  FIRST_COME("nothing is begun while an increase that was there before is not done"),
  REPLICATED("no further cycle begins before every node has had a whole replication pass"),
  TURNS("no more nodes work at once than the user wants, and those of one zone alone"),
  RELINKED("no Increase before every device is relinked under this very ring and round"),
  VERIFIED("no Increase before every device is verified, as asked, after it was relinked"),
  APPROVED("nothing that is behind a Manual gate without an approval that was given"),
  CLEANED("no Finish before every device is cleaned up"),
  NOT_CANCELLED("no Increase of what the user has cancelled, no Cancel of what he has not"),
  OLD_POWER("a cancel ends at the power at which the cycle began, with nothing left behind"),
  AGREE("ring and builder never disagree, but for a half that the status tells of"),
  INTENT_FIRST("whatever ring of ours is in the store, the status has named it before"),
  OURS("nothing is done on, or over, a ring of another hand"),
  REST("nothing begins while the user wants no work"),
  WATCHED("whatever halts it, it is told of when its time runs out"),
  TASK_RULES("no task is changed as the API server forbids it"),
  READABLE("whoever has a ring finds every object where that ring says"),
  REMAINS("what has ended stays as it is"),
  ENDS("once faults stop, it comes to the end that the user wants");

  private final String sentence;

  Invariant(String sentence) {
    this.sentence = sentence;
  }

  /** Throws unless it holds. */
  void check(boolean holds, String details, @Nullable Object... arguments) {
    if (!holds) {
      throw new Broken(this, details, Arrays.asList(arguments));
    }
  }

  /** That one does not hold. */
  static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    final Invariant invariant;

    Broken(Invariant invariant, String details, List<? extends @Nullable Object> values) {
      super(
          "%s (%s): %s"
              .formatted(invariant, invariant.sentence, details.formatted(values.toArray())));
      this.invariant = invariant;
    }
  }
}
