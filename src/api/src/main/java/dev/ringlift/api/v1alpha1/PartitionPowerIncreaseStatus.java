package dev.ringlift.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the operator says of an increase. Times are RFC 3339, UTC.
 *
 * @param observedGeneration generation of the spec that this status is about
 * @param phase where the increase stands
 * @param message what it does, what it waits for, what the user should do: one line
 * @param fromPartPower the ring's power when the increase began
 * @param cycle the doubling under way
 * @param ring the ring in the store, and how far it has spread
 * @param publication the ring that this increase last wrote, or is about to write
 * @param nodes how many nodes are how far in the current step
 * @param progress of the current step
 * @param pastPointOfNoReturn whether the Increase ring of the current cycle has been, or is about
 *     to be, published; written before that ring is
 * @param replicationSuspendedSince since when the ring holds a next partition power
 * @param cleanupDeadline until when cleanup has to have ended: reclaimAge after the Increase or
 *     Cancel ring was first written; null while there is none
 * @param approved the gates of the present cycle that have been approved: {@code <Gate>/<cycle>}
 * @param excluded the devices that are left out, as the ring names them
 * @param consumers who was held to the rings that this increase has published
 * @param preflight each check with its result
 * @param problems at most 20
 * @param conditions Ready, Reconciling, Stalled, PreflightPassed, RingDistributed,
 *     AwaitingApproval, Paused, Degraded, Complete
 * @param startTime of the first change
 * @param completionTime when it became Complete, Cancelled or Failed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PartitionPowerIncreaseStatus(
    @JsonPropertyDescription("Generation of the spec that this status is about.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription("Where the increase stands.") @Nullable Phase phase,
    @JsonPropertyDescription("What it does, what it waits for, what you should do, in one line.")
        @Nullable String message,
    @JsonPropertyDescription("The ring's partition power when this increase began.")
        @Nullable Integer fromPartPower,
    @JsonPropertyDescription("The doubling under way.") @Nullable Cycle cycle,
    @JsonPropertyDescription("The ring in the store, and how far it has spread.")
        @Nullable RingStatus ring,
    @JsonPropertyDescription("The ring that this increase last wrote, or is about to write.")
        @Nullable Publication publication,
    @JsonPropertyDescription("How many nodes are how far in the current step.")
        @Nullable NodeCounts nodes,
    @JsonPropertyDescription("How far the current step is, over all nodes.")
        @Nullable Progress progress,
    @JsonPropertyDescription(
            "Whether the ring with the new power has been, or is about to be, published: from here there is no way back.")
        @Nullable Boolean pastPointOfNoReturn,
    @JsonPropertyDescription(
            "Since when the ring holds a next partition power, and Swift therefore repairs no replicas.")
        @Nullable String replicationSuspendedSince,
    @JsonPropertyDescription(
            "Until when cleanup has to have ended: objects that were deleted meanwhile could come back after it.")
        @Nullable String cleanupDeadline,
    @JsonPropertyDescription("Gates of the present cycle that have been approved.")
        @Size(max = 8)
        @ListType(ListType.Kind.SET)
        @Nullable List<String> approved,
    @JsonPropertyDescription("The devices that are left out; wipe each before it returns.")
        @Size(max = 256)
        @ListType(ListType.Kind.ATOMIC)
        @Nullable List<Excluded> excluded,
    @JsonPropertyDescription("Who was held to the rings that this increase has published.")
        @Size(max = 128)
        @ListType(ListType.Kind.ATOMIC)
        @Nullable List<KnownConsumer> consumers,
    @JsonPropertyDescription("The checks before the first change, each with its result.")
        @Size(max = 50)
        @ListType(value = ListType.Kind.MAP, keys = "check")
        @Nullable List<PreflightCheck> preflight,
    @JsonPropertyDescription("What is wrong where; the first 20.")
        @Size(max = 20)
        @ListType(ListType.Kind.ATOMIC)
        @Nullable List<Problem> problems,
    @JsonPropertyDescription("Ready, Reconciling, Stalled and others: see docs/conditions.md.")
        @Size(max = 16)
        @ListType(value = ListType.Kind.MAP, keys = "type")
        @Nullable List<Condition> conditions,
    @JsonPropertyDescription("When the first change was made.") @Nullable String startTime,
    @JsonPropertyDescription("When it became Complete, Cancelled or Failed.")
        @Nullable String completionTime) {

  /** Of an increase of which nothing has been said. */
  public static final PartitionPowerIncreaseStatus NOTHING =
      new PartitionPowerIncreaseStatus(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
          null, null, null, null, null);

  /** Of an increase that leaves no device out. */
  public PartitionPowerIncreaseStatus(
      @Nullable Long observedGeneration,
      @Nullable Phase phase,
      @Nullable String message,
      @Nullable Integer fromPartPower,
      @Nullable Cycle cycle,
      @Nullable RingStatus ring,
      @Nullable Publication publication,
      @Nullable NodeCounts nodes,
      @Nullable Progress progress,
      @Nullable Boolean pastPointOfNoReturn,
      @Nullable String replicationSuspendedSince,
      @Nullable String cleanupDeadline,
      @Nullable List<String> approved,
      @Nullable List<PreflightCheck> preflight,
      @Nullable List<Problem> problems,
      @Nullable List<Condition> conditions,
      @Nullable String startTime,
      @Nullable String completionTime) {
    this(
        observedGeneration,
        phase,
        message,
        fromPartPower,
        cycle,
        ring,
        publication,
        nodes,
        progress,
        pastPointOfNoReturn,
        replicationSuspendedSince,
        cleanupDeadline,
        approved,
        null,
        null,
        preflight,
        problems,
        conditions,
        startTime,
        completionTime);
  }

  /** The same but for how far the current step is. */
  public PartitionPowerIncreaseStatus withProgress(@Nullable Progress newProgress) {
    return new PartitionPowerIncreaseStatus(
        observedGeneration,
        phase,
        message,
        fromPartPower,
        cycle,
        ring,
        publication,
        nodes,
        newProgress,
        pastPointOfNoReturn,
        replicationSuspendedSince,
        cleanupDeadline,
        approved,
        excluded,
        consumers,
        preflight,
        problems,
        conditions,
        startTime,
        completionTime);
  }

  /**
   * One doubling.
   *
   * @param number from 1
   * @param of how many doublings the whole increase has
   * @param fromPartPower power at which this cycle began
   * @param toPartPower power at which it ends
   */
  public record Cycle(
      @JsonPropertyDescription("From 1.") int number,
      @JsonPropertyDescription("How many doublings the whole increase has.") int of,
      @JsonPropertyDescription("The power at which it began.") int fromPartPower,
      @JsonPropertyDescription("The power at which it ends.") int toPartPower) {}

  /**
   * The ring in the store.
   *
   * @param consumersTotal how many must have this ring before anything proceeds
   * @param consumersCurrent how many have proved that they do
   * @param since when it was first seen in the store, and has been looked at without a break
   * @param firstProofTime when the first of them was seen to have it; of a published ring only
   * @param lastProofTime when all of them were first seen to have it; of a published ring only
   * @param spreadSeconds from the first proof to the last
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record RingStatus(
      @JsonPropertyDescription("Its partition power.") int partPower,
      @JsonPropertyDescription("Its next partition power, while it has one.")
          @Nullable Integer nextPartPower,
      @JsonPropertyDescription("Its version.") @Nullable Long version,
      @JsonPropertyDescription("md5 of its file.") String md5,
      @JsonPropertyDescription(
              "Nodes, and pods and addresses of consumers, that must have this ring before anything goes on.")
          int consumersTotal,
      @JsonPropertyDescription("How many of them have proved that they do.") int consumersCurrent,
      @JsonPropertyDescription("When this ring was first seen in the store.")
          @Nullable String since,
      @JsonPropertyDescription("When the first of them was seen to have it.")
          @Nullable String firstProofTime,
      @JsonPropertyDescription("When all of them were first seen to have it.")
          @Nullable String lastProofTime,
      @JsonPropertyDescription("From the first proof to the last.")
          @Nullable Integer spreadSeconds) {

    /** A ring of which only is known who has it now. */
    public RingStatus(
        int partPower,
        @Nullable Integer nextPartPower,
        @Nullable Long version,
        String md5,
        int consumersTotal,
        int consumersCurrent) {
      this(
          partPower,
          nextPartPower,
          version,
          md5,
          consumersTotal,
          consumersCurrent,
          null,
          null,
          null,
          null);
    }
  }

  /**
   * A ring written by this increase. It is put here before the store is written: what is in the
   * store then is either this ring, or the one that it was made from, or another hand's.
   *
   * @param transition Prepare, Increase, Cancel or Finish; Adopted for the ring that an increase of
   *     other means had left; Accepted for another hand's ring that the user accepted; Restored for
   *     a ring that was put back after one with other powers
   * @param cycle number of the cycle that it belongs to
   * @param md5 of the ring file
   * @param version of the ring
   * @param fromMd5 of the ring that it was made from
   * @param decidedAt when it was decided
   * @param partPower its partition power
   * @param nextPartPower its next partition power, if it has one
   * @param devices how many devices it has
   * @param builderId id of its builder; null if that has none
   * @param round how often the work of a step had to begin anew because of another hand's ring;
   *     null is 0
   * @param disturbed true once another hand's ring with other powers was seen in the store: work
   *     done before that counts no longer
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Publication(
      @JsonPropertyDescription(
              "Prepare, Increase, Cancel or Finish; Adopted, Accepted or Restored for a ring that another hand had written.")
          String transition,
      @JsonPropertyDescription("Number of the doubling that it belongs to.") int cycle,
      @JsonPropertyDescription("md5 of its file.") String md5,
      @JsonPropertyDescription("Its version.") @Nullable Long version,
      @JsonPropertyDescription("md5 of the ring that it was made from.") String fromMd5,
      @JsonPropertyDescription("When it was decided.") String decidedAt,
      @JsonPropertyDescription("Its partition power.") @Nullable Integer partPower,
      @JsonPropertyDescription("Its next partition power, if it has one.")
          @Nullable Integer nextPartPower,
      @JsonPropertyDescription("How many devices it has.") @Nullable Integer devices,
      @JsonPropertyDescription("Id of its builder, if that has one.") @Nullable String builderId,
      @JsonPropertyDescription(
              "How often the work of a step had to begin anew because of another hand's ring.")
          @Nullable Integer round,
      @JsonPropertyDescription("Whether another hand's ring with other powers was seen meanwhile.")
          @Nullable Boolean disturbed) {}

  /**
   * Nodes of the current step.
   *
   * @param summary done/total, for the table of kubectl
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record NodeCounts(
      @JsonPropertyDescription("Nodes that take part.") int total,
      @JsonPropertyDescription("Not begun.") int waiting,
      @JsonPropertyDescription("At work.") int running,
      @JsonPropertyDescription("Done.") int done,
      @JsonPropertyDescription("Failed, and to be tried again.") int failed,
      @JsonPropertyDescription("done/total, for the table of kubectl.") String summary) {}

  /**
   * The current step, summed over all nodes.
   *
   * @param summary percentage, for the table of kubectl
   * @param files files looked at
   * @param linked hard links made
   * @param removed files removed from old partitions
   * @param errorsByKind the errors, by kind; empty where there are none
   * @param filesPerSecond over all nodes, at present
   * @param estimatedCompletion of the current step
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Progress(
      @JsonPropertyDescription("Share of the partitions that are done.") int percent,
      @JsonPropertyDescription("The same, for the table of kubectl.") String summary,
      @JsonPropertyDescription("Partitions done, over all devices.") long partitionsDone,
      @JsonPropertyDescription("Partitions, over all devices.") long partitionsTotal,
      @JsonPropertyDescription("Files looked at.") long files,
      @JsonPropertyDescription("Hard links made.") long linked,
      @JsonPropertyDescription("Files removed from old partitions.") long removed,
      @JsonPropertyDescription("Errors.") long errors,
      @JsonPropertyDescription("The errors, by kind.")
          @JsonInclude(JsonInclude.Include.NON_EMPTY)
          @Size(max = 20)
          @ListType(value = ListType.Kind.MAP, keys = "kind")
          List<ErrorCount> errorsByKind,
      @JsonPropertyDescription("Files handled per second at present.") long filesPerSecond,
      @JsonPropertyDescription("When the step is estimated to end.")
          @Nullable String estimatedCompletion) {

    public Progress {
      errorsByKind = errorsByKind == null ? List.of() : List.copyOf(errorsByKind);
    }
  }

  /**
   * A device that is left out.
   *
   * @param node as the spec names it
   * @param ringDevice its id in the ring; null if it is not in the ring
   * @param address its ip in the ring
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Excluded(
      @JsonPropertyDescription("Its node, or its ip in the ring, as the spec names it.")
          String node,
      @JsonPropertyDescription("Its name.") String device,
      @JsonPropertyDescription("Its id in the ring, if it is in the ring.")
          @Nullable Integer ringDevice,
      @JsonPropertyDescription("Its ip in the ring, if it is in the ring.")
          @Nullable String address) {}

  /**
   * A consumer, as it was when a ring was published.
   *
   * @param pods how many there were; null for addresses
   * @param addresses each; null for pods
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record KnownConsumer(
      @JsonPropertyDescription("What it is.") Consumer.Kind kind,
      @JsonPropertyDescription("Its name.") String name,
      @JsonPropertyDescription("How many pods it had.") @Nullable Integer pods,
      @JsonPropertyDescription("Its addresses.") @Size(max = 2000) @ListType(ListType.Kind.ATOMIC)
          @Nullable List<String> addresses) {
    public KnownConsumer {
      addresses = addresses == null ? null : List.copyOf(addresses);
    }
  }

  /**
   * One check before the first change.
   *
   * @param check its name, an UpperCamelCase word
   * @param message what was found, and what to do if it isn't right
   */
  public record PreflightCheck(
      @JsonPropertyDescription("Its name.") String check,
      @JsonPropertyDescription("How it ended.") Result result,
      @JsonPropertyDescription("What was found, and what to do if it isn't right.")
          String message) {

    /** How a check ended. */
    public enum Result {
      /** As it should be. */
      Passed,
      /** Goes on, but the user should know. */
      Warning,
      /** Holds the increase back. */
      Failed
    }
  }

  /**
   * Something that is wrong.
   *
   * @param node where, if it is about one node
   * @param device on which device of that node, if it is about one
   * @param reason an UpperCamelCase word
   * @param consumer which of the spec's consumers, by name, if it is about one
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Problem(
      @JsonPropertyDescription("The node, if it is about one.") @Nullable String node,
      @JsonPropertyDescription("The device of that node, if it is about one.")
          @Nullable String device,
      @JsonPropertyDescription("One word; see docs/conditions.md.") String reason,
      @JsonPropertyDescription("What is wrong, in a sentence.") String message,
      @JsonPropertyDescription("The consumer, by its name in the spec, if it is about one.")
          @Nullable String consumer) {

    /** What is wrong with a node or a device. */
    public Problem(@Nullable String node, @Nullable String device, String reason, String message) {
      this(node, device, reason, message, null);
    }

    /** What is wrong with a consumer. */
    public static Problem ofConsumer(String consumer, String reason, String message) {
      return new Problem(null, null, reason, message, consumer);
    }
  }
}
