package dev.ringlift.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a node is. Written by its agent when it changes, at most every few seconds.
 *
 * @param state of the task
 * @param message what it does or waits for, or why it failed: one line
 * @param attempt the attempt that this status is about
 * @param round the round of the spec in which the devices' results were reached
 * @param observedGeneration generation of the spec that this status is about
 * @param partitions done/total over all devices, for the table of kubectl
 * @param files files looked at, over all devices
 * @param linked hard links made
 * @param removed files removed from old partitions
 * @param filesPerSecond at present
 * @param devices each device with its result so far
 * @param firstErrors the first few errors, with their paths
 * @param startTime when this attempt began
 * @param completionTime when it succeeded or failed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RelinkTaskStatus(
    @JsonPropertyDescription("State of the task.") State state,
    @JsonPropertyDescription("What it does or waits for, or why it failed.")
        @Nullable String message,
    @JsonPropertyDescription("The attempt that this status is about.") int attempt,
    @JsonPropertyDescription("The round in which the devices' results were reached.") int round,
    @JsonPropertyDescription("Generation of the spec that this status is about.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription("Partitions done/total over all devices.") @Nullable String partitions,
    @JsonPropertyDescription("Files looked at.") long files,
    @JsonPropertyDescription("Hard links made.") long linked,
    @JsonPropertyDescription("Files removed from old partitions.") long removed,
    @JsonPropertyDescription("Errors over all devices.") long errors,
    @JsonPropertyDescription("Files handled per second at present.") long filesPerSecond,
    @JsonPropertyDescription("Each device with its result so far.")
        @Size(max = 1000)
        @ListType(value = ListType.Kind.MAP, keys = "name")
        List<DeviceProgress> devices,
    @JsonPropertyDescription("The first errors, with their paths.")
        @Size(max = 20)
        @ListType(ListType.Kind.ATOMIC)
        List<DeviceError> firstErrors,
    @JsonPropertyDescription("When this attempt began.") @Nullable String startTime,
    @JsonPropertyDescription("When it succeeded or failed.") @Nullable String completionTime) {

  public RelinkTaskStatus {
    devices = devices == null ? List.of() : List.copyOf(devices);
    firstErrors = firstErrors == null ? List.of() : List.copyOf(firstErrors);
  }

  /** State of a task. */
  public enum State {
    /** Not begun: the node does not yet see the task's ring, or is busy with another task. */
    Pending,
    /** Devices are being walked. */
    Running,
    /** Holds still because the operator asks for it; what is done so far stays. */
    Paused,
    /** Every device is done. */
    Succeeded,
    /** At least one device is not done, and no other device is being walked any more. */
    Failed
  }

  /** State of a device within a task. */
  public enum DeviceState {
    /** Waits for its turn. */
    Pending,
    /** Is being walked. */
    Running,
    /** Every partition is done without an error. */
    Succeeded,
    /** Ended with errors, or could not be walked. */
    Failed
  }

  /**
   * One device.
   *
   * @param name under the devices root
   * @param partitionsTotal partitions to be walked; 0 until known
   * @param errorsByKind the errors, by kind; empty where there are none
   * @param workedSeconds for how long partitions were worked on in this round, in all attempts and
   *     without pauses; null from an agent that does not measure it
   * @param message why it failed
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record DeviceProgress(
      @JsonPropertyDescription("Its name under the devices root.") @Size(min = 1, max = 255)
          String name,
      @JsonPropertyDescription("How far it is.") DeviceState state,
      @JsonPropertyDescription("Partitions done.") long partitionsDone,
      @JsonPropertyDescription("Partitions to be walked; 0 until known.") long partitionsTotal,
      @JsonPropertyDescription("Files looked at.") long files,
      @JsonPropertyDescription("Hard links made.") long linked,
      @JsonPropertyDescription("Files removed from old partitions.") long removed,
      @JsonPropertyDescription("Errors.") long errors,
      @JsonPropertyDescription("The errors, by kind.")
          @JsonInclude(JsonInclude.Include.NON_EMPTY)
          @Size(max = 20)
          @ListType(value = ListType.Kind.MAP, keys = "kind")
          List<ErrorCount> errorsByKind,
      @JsonPropertyDescription(
              "For how long partitions were worked on, in all attempts and without pauses.")
          @Nullable Long workedSeconds,
      @JsonPropertyDescription("Why it failed.") @Nullable String message) {

    public DeviceProgress {
      errorsByKind = errorsByKind == null ? List.of() : List.copyOf(errorsByKind);
    }

    /** One whose kinds of errors and working time are not known. */
    public DeviceProgress(
        String name,
        DeviceState state,
        long partitionsDone,
        long partitionsTotal,
        long files,
        long linked,
        long removed,
        long errors,
        @Nullable String message) {
      this(
          name,
          state,
          partitionsDone,
          partitionsTotal,
          files,
          linked,
          removed,
          errors,
          List.of(),
          null,
          message);
    }
  }

  /**
   * An error.
   *
   * @param path below the device, with bytes that are not UTF-8 escaped
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record DeviceError(
      @JsonPropertyDescription("The device.") @Size(max = 255) String device,
      @JsonPropertyDescription("Where on it, with bytes that are not printable as \\xNN.")
          @Nullable String path,
      @JsonPropertyDescription("What went wrong.") String message) {}
}
