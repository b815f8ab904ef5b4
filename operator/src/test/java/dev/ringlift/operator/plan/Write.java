package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.operator.plan.Decision.TaskChange;
import dev.ringlift.ring.Transition;
import org.jspecify.annotations.Nullable;

/** One write of an operator to the API server. */
sealed interface Write {

  /** Of a RelinkTask. */
  record OfTask(TaskChange change) implements Write {
    @Override
    public boolean isAbout(String task) {
      return change.name().equals(task);
    }
  }

  /** Of the increase's status, over the increase that was seen. */
  record OfStatus(PartitionPowerIncreaseStatus next) implements Write {}

  /** Of the builder alone, where it stands in another place than the ring. */
  record OfBuilder(String builder) implements Write {}

  /**
   * Of the ring.
   *
   * @param from the ring that it was made from
   * @param builder that is written with it; null if it is not
   */
  record OfRing(Transition transition, String from, String ring, @Nullable String builder)
      implements Write {}

  /** Has the proxies' pods started anew, by a stamp on their template. */
  record OfStamp(String stamp) implements Write {}

  /** Takes an annotation off that has had its effect, if it still has this value. */
  record OfAnnotation(String key, String value) implements Write {}

  /** Whether it comes too late once this task has changed. */
  default boolean isAbout(String task) {
    return false;
  }
}
