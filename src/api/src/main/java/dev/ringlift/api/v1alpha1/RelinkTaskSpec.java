package dev.ringlift.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Verify;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node has to do.
 *
 * @param increaseUid UID of the increase: state on the devices that carries another is not trusted
 * @param cycle number of the doubling, from 1
 * @param nodeName the node, named as its StorageNode
 * @param policyIndex storage policy whose data is walked
 * @param step what to do
 * @param partPower the ring's partition power during this step
 * @param nextPartPower the ring's next partition power during this step
 * @param ringMd5 of the ring file that the agent must itself see before and while it works
 * @param ringVersion of that ring; 0 if it has none
 * @param round from 0; what was done under a lower number, and the state kept of it, counts no
 *     longer: another hand's ring has been there since
 * @param devices that must be done; the agent does these and every other that holds the policy's
 *     data
 * @param attempt from 1; a higher number than in the status asks for another try
 * @param paused whether to hold still, with what is done so far kept; may change while the task
 *     runs
 * @param relinker how hard to work; may change while the task runs
 * @param verify for the step {@code Verify} how much of each device is looked at, {@code Sample} or
 *     {@code Full}; null for the other steps
 * @param excluded devices to leave alone, whatever they hold; may change while the task runs
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "self.increaseUid == oldSelf.increaseUid && self.cycle == oldSelf.cycle && self.nodeName == oldSelf.nodeName"
            + " && self.policyIndex == oldSelf.policyIndex && self.step == oldSelf.step"
            + " && self.partPower == oldSelf.partPower && self.nextPartPower == oldSelf.nextPartPower"
            + " && (has(self.verify) ? self.verify : '') == (has(oldSelf.verify) ? oldSelf.verify : '')",
    message =
        "only ring, round, devices, excluded, attempt, paused and relinker of a task may change")
@ValidationRule(
    value =
        "self.round >= oldSelf.round && (self.ringMd5 == oldSelf.ringMd5 || self.round > oldSelf.round)",
    message = "a task whose ring changes begins a new round")
@ValidationRule(
    value = "(self.step == 'Verify') == (has(self.verify) && self.verify != 'None')",
    message = "the step Verify, and no other, says how much is looked at: Sample or Full")
public record RelinkTaskSpec(
    @JsonPropertyDescription("UID of the increase that this task belongs to.")
        @Required
        @Size(min = 1, max = 64)
        String increaseUid,
    @JsonPropertyDescription("Number of the doubling, from 1.") @Required @Min(1) @Max(31)
        int cycle,
    @JsonPropertyDescription("Name of the node that does it.") @Required @Size(min = 1, max = 253)
        String nodeName,
    @JsonPropertyDescription("Storage policy whose data is walked.") @Required @Min(0) @Max(65535)
        int policyIndex,
    @JsonPropertyDescription(
            "Relink makes links at the next power; Verify looks, after it, whether each file has its link, and changes nothing; Cleanup removes the old ones.")
        @Required
        Step step,
    @JsonPropertyDescription("The ring's partition power during this step.")
        @Required
        @Min(1)
        @Max(32)
        int partPower,
    @JsonPropertyDescription("The ring's next partition power during this step.")
        @Required
        @Min(1)
        @Max(32)
        int nextPartPower,
    @JsonPropertyDescription("md5 of the ring file that the agent must see while it works.")
        @Required
        @Size(min = 32, max = 32)
        @Pattern(NamePatterns.MD5)
        String ringMd5,
    @JsonPropertyDescription("Version of that ring; 0 if it has none.") @Default("0")
        long ringVersion,
    @JsonPropertyDescription(
            "What was done in a lower round counts no longer: another hand's ring has been there since.")
        @Default("0")
        @Min(0)
        int round,
    @JsonPropertyDescription(
            "Devices that must be done. The agent does these and every other that holds the policy's data.")
        @Size(max = 1000)
        @ListType(ListType.Kind.SET)
        List<@Size(min = 1, max = 255) @Pattern(NamePatterns.DEVICE) String> devices,
    @JsonPropertyDescription("A higher number than the status has asks for another try.")
        @Default("1")
        @Min(1)
        int attempt,
    @JsonPropertyDescription(
            "Whether to hold still, with what is done so far kept; may change while the task runs.")
        @Default("false")
        boolean paused,
    @JsonPropertyDescription("How hard to work; may change while the task runs.") @Default("{}")
        RelinkerSettings relinker,
    @JsonPropertyDescription(
            "How much of each device the step Verify looks at: Sample (a twentieth of its partitions, 16 at least) or Full; absent for the other steps.")
        @Nullable Verify verify,
    @JsonPropertyDescription("Devices to leave alone, whatever they hold.")
        @Size(max = 256)
        @ListType(ListType.Kind.SET)
        List<@Size(min = 1, max = 253) @Pattern(NamePatterns.DEVICE) String> excluded) {

  public RelinkTaskSpec {
    devices = devices == null ? List.of() : List.copyOf(devices);
    excluded = excluded == null ? List.of() : List.copyOf(excluded);
  }

  /** What a node has to do in a step that changes something. */
  public RelinkTaskSpec(
      String increaseUid,
      int cycle,
      String nodeName,
      int policyIndex,
      Step step,
      int partPower,
      int nextPartPower,
      String ringMd5,
      long ringVersion,
      int round,
      List<String> devices,
      int attempt,
      boolean paused,
      RelinkerSettings relinker) {
    this(
        increaseUid,
        cycle,
        nodeName,
        policyIndex,
        step,
        partPower,
        nextPartPower,
        ringMd5,
        ringVersion,
        round,
        devices,
        attempt,
        paused,
        relinker,
        null,
        List.of());
  }

  /** What a node has to do, with no device to leave alone. */
  public RelinkTaskSpec(
      String increaseUid,
      int cycle,
      String nodeName,
      int policyIndex,
      Step step,
      int partPower,
      int nextPartPower,
      String ringMd5,
      long ringVersion,
      int round,
      List<String> devices,
      int attempt,
      boolean paused,
      RelinkerSettings relinker,
      @Nullable Verify verify) {
    this(
        increaseUid,
        cycle,
        nodeName,
        policyIndex,
        step,
        partPower,
        nextPartPower,
        ringMd5,
        ringVersion,
        round,
        devices,
        attempt,
        paused,
        relinker,
        verify,
        List.of());
  }

  /** The same but for these: what is left alone, and what is still to be done. */
  public RelinkTaskSpec withExcluded(List<String> left, List<String> others, int newAttempt) {
    return with(round, others, newAttempt, paused, left);
  }

  /** The same but for this. */
  public RelinkTaskSpec withPaused(boolean value) {
    return with(round, devices, attempt, value, excluded);
  }

  /** The same but for these, to be done anew. */
  public RelinkTaskSpec withRound(int newRound, int newAttempt) {
    return with(newRound, devices, newAttempt, paused, excluded);
  }

  /** Whatever of it may change. */
  private RelinkTaskSpec with(
      int newRound,
      List<String> newDevices,
      int newAttempt,
      boolean newPaused,
      List<String> newExcluded) {
    return new RelinkTaskSpec(
        increaseUid,
        cycle,
        nodeName,
        policyIndex,
        step,
        partPower,
        nextPartPower,
        ringMd5,
        ringVersion,
        newRound,
        newDevices,
        newAttempt,
        newPaused,
        relinker,
        verify,
        newExcluded);
  }

  /** The kinds of work on a device. */
  public enum Step {
    /** Link every object into its partition at the next power. */
    Relink,
    /** Look whether every object has those links; read-only. */
    Verify,
    /** Remove every object from its partition at the old power. */
    Cleanup
  }
}
