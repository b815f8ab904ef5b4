package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.Transition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What to do next. Each says why, in a line that also answers what the user should do. */
public sealed interface Decision {

  Reason reason();

  String message();

  /**
   * Nothing to do before time has passed or something has changed; needs no user.
   *
   * @param after look again after this time even if nothing was announced
   */
  record Wait(Reason reason, String message, Duration after) implements Decision {}

  /**
   * Held up by what a user has to mend; goes on by itself once that is done.
   *
   * @param after look again after this time even if nothing was announced
   */
  record Stall(Reason reason, String message, Duration after) implements Decision {}

  /**
   * Held up by what another hand did to ring or builder; no work is to be done meanwhile.
   *
   * @param pauses the tasks that are to be paused for it
   * @param disturbs whether work done so far may count no longer once it is undone
   * @param after look again after this time even if nothing was announced
   */
  record Halt(
      Reason reason, String message, List<TaskChange> pauses, boolean disturbs, Duration after)
      implements Decision {
    public Halt {
      pauses = List.copyOf(pauses);
    }
  }

  /** No change of anything but this object could ever help. */
  record Fail(Reason reason, String message) implements Decision {}

  /** The target is reached; or, of a dry run, all has been looked at. */
  record Complete(Reason reason, String message) implements Decision {}

  /** The user has taken it back, and nothing is left of the cycle that was under way. */
  record Cancelled(Reason reason, String message) implements Decision {}

  /**
   * A gate's approval is to be noted.
   *
   * @param gate {@code <Gate>/<cycle>}
   * @param cycle whose approvals are kept; those of others are forgotten
   */
  record Approve(Reason reason, String message, String gate, int cycle) implements Decision {}

  /**
   * The ring is to be replaced, and with it the builder.
   *
   * @param intent what has to stand in the status before the store is written
   * @param revision of the store that this was decided on
   * @param ring the new ring
   * @param builder the new builder; null if the store's is to stay as it is, or it holds none
   * @param completes whether the builder was written before, and only the ring was not: what is
   *     there now is no state that anybody would want to go back to
   */
  record Publish(
      Reason reason,
      String message,
      Transition transition,
      Publication intent,
      StoredRing.Revision revision,
      Ring ring,
      @Nullable RingBuilder builder,
      boolean completes)
      implements Decision {

    /** Whether all that has to stand in a status before this stands in that one. */
    public boolean isAnnouncedIn(@Nullable PartitionPowerIncreaseStatus status) {
      Publication known = status == null ? null : status.publication();
      return known != null
          && status != null
          && known.transition().equals(intent.transition())
          && known.cycle() == intent.cycle()
          && known.md5().equals(intent.md5())
          && known.fromMd5().equals(intent.fromMd5())
          && Objects.equals(known.builderId(), intent.builderId())
          && Objects.equals(known.round(), intent.round())
          && known.disturbed() == null
          && (transition != Transition.INCREASE
              || Boolean.TRUE.equals(status.pastPointOfNoReturn()));
    }
  }

  /**
   * The ring in the store is to take the place of the one that was published, in a new round.
   *
   * @param intent what has to stand in the status before anything is done on that ring
   * @param revision of the store that this was decided on
   * @param since when that ring has been there, at the latest
   */
  record Adopt(
      Reason reason,
      String message,
      Publication intent,
      StoredRing.Revision revision,
      Instant since)
      implements Decision {}

  /**
   * Tasks are to be created or changed.
   *
   * @param after look again after this time even if nothing was announced
   */
  record ChangeTasks(Reason reason, String message, List<TaskChange> changes, Duration after)
      implements Decision {
    public ChangeTasks {
      changes = List.copyOf(changes);
    }
  }

  /**
   * One task.
   *
   * @param name of the RelinkTask
   * @param spec that it is to have
   * @param resourceVersion that the change is based on; null to create it
   */
  record TaskChange(String name, RelinkTaskSpec spec, @Nullable String resourceVersion) {}
}
