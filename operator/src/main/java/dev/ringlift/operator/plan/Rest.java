package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.operator.plan.Decision.Wait;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * That no work is to be done now. Tasks hold still, with what is done so far kept; no step begins,
 * and no ring is published. Outside of a window, rings that end the work are: Finish and Cancel.
 *
 * @param message why, until when, and what the user can do
 * @param toBeMended whether it is a mistake, and not what the user wants
 */
record Rest(Reason reason, String message, boolean toBeMended) {

  static Optional<Rest> of(PartitionPowerIncreaseSpec spec, Instant now) {
    if (spec.paused()) {
      return Optional.of(
          new Rest(
              Reason.Paused, "Paused: all holds still until spec.paused is false again.", false));
    }
    if (spec.windows().isEmpty()) {
      return Optional.empty();
    }
    Windows windows = Windows.of(spec.windows());
    List<String> mistakes = windows.mistakes(now);
    if (!mistakes.isEmpty()) {
      return Optional.of(
          new Rest(
              Reason.WindowsInvalid,
              "All holds still, for nobody can tell when work is allowed. "
                  + Sentences.first(mistakes),
              true));
    }
    if (windows.areOpen(now)) {
      return Optional.empty();
    }
    return Optional.of(
        new Rest(
            Reason.OutsideWindow,
            "Outside of its windows; work goes on when the next one opens, at %s."
                .formatted(windows.nextOpening(now).map(Times::format).orElse("no known time")),
            false));
  }

  /** Whether a ring that ends work, and needs none, waits too. */
  boolean holdsEnds() {
    return reason == Reason.Paused;
  }

  /**
   * What is decided because of it.
   *
   * @param doing what is being held, as a sentence; may be empty
   */
  Decision decision(String doing, Duration recheck) {
    String text = doing.isEmpty() ? message : message + " " + doing;
    return toBeMended ? new Stall(reason, text, recheck) : new Wait(reason, text, recheck);
  }
}
