package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.operator.plan.Observation.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says of a node's task what went wrong. Invariant: a task that failed, or failed before and has
 * not succeeded since, is never without a sentence: devices by name, or else the node. What is done
 * once more because of another ring has not failed: of the attempts, one for each ring is none.
 */
final class StepFailures {
  private StepFailures() {}

  /**
   * What the last attempt that ended says; it stands until the next has done better.
   *
   * @param retries how often the task was tried again, as {@link Retries#used} has it
   */
  static List<Problem> of(Task task, RelinkTaskStatus status, Set<String> required, int retries) {
    String node = task.spec().nodeName();
    boolean verify = task.spec().step() == Step.Verify;
    List<Problem> failures = new ArrayList<>();
    for (DeviceProgress device : status.devices()) {
      if (device.state() == DeviceState.Failed) {
        failures.add(
            new Problem(
                node,
                device.name(),
                (verify ? Reason.VerifyFailed : Reason.DeviceFailed).name(),
                "Device %s of node %s failed%s: %s."
                    .formatted(
                        device.name(),
                        node,
                        verify ? " verification" : "",
                        sentencePart(device.message(), device.errors() + " errors"))));
      }
    }
    if (failures.isEmpty()) {
      whyFailed(task, status, required)
          .or(() -> before(status, retries))
          .map(why -> problem(node, verify ? Reason.VerifyFailed : Reason.TaskFailed, why))
          .or(() -> notVerified(task))
          .ifPresent(failures::add);
    }
    return failures;
  }

  /** Of a task whose node is gone, and which is not done. */
  static Problem ofNodeThatIsGone(Task task, Step step) {
    String name = task.spec().nodeName();
    return new Problem(
        name,
        null,
        Reason.NodeLost.name(),
        "Node %s is gone, and its task %s is not %s. If its disks are lost for good, or elsewhere now, name them in spec.nodes.excludeDevices under this node."
            .formatted(name, task.name(), task.spec().step() == step ? "done" : "verified"));
  }

  private static Optional<String> whyFailed(
      Task task, RelinkTaskStatus status, Set<String> required) {
    Set<String> missing = StepTasks.missing(status, required);
    if (status.state() == State.Failed) {
      return Optional.of("failed: " + sentencePart(status.message(), "its agent gave no reason"));
    }
    if (status.state() == State.Succeeded
        && Objects.equals(status.observedGeneration(), task.generation())
        && !missing.isEmpty()) {
      return Optional.of("reported success, but none for " + String.join(", ", missing));
    }
    return Optional.empty();
  }

  private static Optional<String> before(RelinkTaskStatus status, int retries) {
    return status.attempt() > 1 && retries > 0
        ? Optional.of("failed before, and is at attempt " + status.attempt() + " now")
        : Optional.empty();
  }

  /** Its relinking did not fail, and yet it is done once more. */
  private static Optional<Problem> notVerified(Task task) {
    return task.spec().step() == Step.Relink && Rounds.repeats(task.spec().round()) > 0
        ? Optional.of(
            problem(
                task.spec().nodeName(),
                Reason.VerifyFailed,
                "failed verification, and is relinked anew"))
        : Optional.empty();
  }

  private static Problem problem(String node, Reason reason, String why) {
    return new Problem(node, null, reason.name(), "Node " + node + " " + why + ".");
  }

  private static String sentencePart(@Nullable String message, String otherwise) {
    if (message == null || message.isBlank()) {
      return otherwise;
    }
    String text = Sentences.foreign(message.strip());
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }
}
