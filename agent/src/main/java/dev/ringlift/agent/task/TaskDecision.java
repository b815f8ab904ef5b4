package dev.ringlift.agent.task;

import dev.ringlift.relinker.ObjectPolicy;
import java.util.Set;

/** What to do about a task now. */
sealed interface TaskDecision {
  /** Nothing: it is done, or goes on as it should. */
  record Leave() implements TaskDecision {}

  /** Only the spec's generation is new: say that it has been seen. */
  record Acknowledge() implements TaskDecision {}

  /** It can't begin or go on now. */
  record Hold(String message) implements TaskDecision {}

  /** The run that is under way for it must end. */
  record Stop(String reason) implements TaskDecision {}

  /** Begin, or go on where an earlier run ended. */
  record Start(ObjectPolicy policy, Set<String> devices) implements TaskDecision {
    public Start {
      devices = Set.copyOf(devices);
    }
  }
}
