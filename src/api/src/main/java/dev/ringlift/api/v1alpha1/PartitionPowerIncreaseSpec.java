package dev.ringlift.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The wish of a {@link PartitionPowerIncrease}. Durations are written as Go's: {@code 168h}, {@code
 * 1h30m}.
 *
 * @param policyIndex storage policy whose object ring is raised: {@code object.ring.gz} for 0,
 *     {@code object-N.ring.gz} for N
 * @param targetPartPower partition power to end at, 1 to 32
 * @param ring where ring and builder are kept
 * @param consumers who else loads the ring, beside the nodes with an agent
 * @param acknowledge risks that preflight would otherwise stop at
 * @param nodes which nodes take part, and how many at once
 * @param relinker how hard the agents work
 * @param gates what waits for an approval
 * @param windows heavy work is done only inside one of these; empty: at any time
 * @param dryRun whether to end after preflight
 * @param paused whether to hold still at a safe point
 * @param cancel whether to go back to the power at which the cycle began
 * @param verify how much of the links is looked at before the point of no return
 * @param reclaimAge of the object servers; a duration
 * @param ttlAfterFinished how long the object is kept after its end; a duration; null: for good
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PartitionPowerIncreaseSpec(
    @JsonPropertyDescription(
            "Index of the storage policy whose object ring is raised: object.ring.gz for 0, object-N.ring.gz for N. Immutable.")
        @Default("0")
        @Min(0)
        @Max(65535)
        @ValidationRule(value = "self == oldSelf", message = "policyIndex is immutable")
        int policyIndex,
    @JsonPropertyDescription(
            "Partition power to end at. Above the ring's: one cycle per doubling, one after the other; equal: Complete at once. Immutable.")
        @Required
        @Min(1)
        @Max(32)
        @ValidationRule(value = "self == oldSelf", message = "targetPartPower is immutable")
        int targetPartPower,
    @JsonPropertyDescription("Where ring and builder are kept. Immutable.")
        @Required
        @ValidationRule(value = "self == oldSelf", message = "ring is immutable")
        RingSource ring,
    @JsonPropertyDescription(
            "Who else loads the ring, beside the nodes with an agent: proxies, object servers, expirers, reconcilers. Nothing goes on before each has proved that it has the ring.")
        @Size(max = 64)
        @ListType(value = ListType.Kind.MAP, keys = "name")
        List<Consumer> consumers,
    @JsonPropertyDescription("Risks, by name, that preflight would otherwise stop at.")
        @Size(max = 16)
        @ListType(ListType.Kind.SET)
        List<Risk> acknowledge,
    @JsonPropertyDescription("Which nodes take part, and how many of them work at once.")
        @Default("{}")
        NodeSelection nodes,
    @JsonPropertyDescription(
            "How hard the agents work; may be changed at any time, agents obey within seconds.")
        @Default("{}")
        RelinkerSettings relinker,
    @JsonPropertyDescription(
            "What waits for an approval: the annotation ringlift.dev/approve=<Gate>/<cycle>, such as Increase/1.")
        @Default("{}")
        Gates gates,
    @JsonPropertyDescription(
            "Heavy work is done only inside one of these; outside, it is paused. Empty: at any time.")
        @Size(max = 16)
        @ListType(ListType.Kind.ATOMIC)
        List<Window> windows,
    @JsonPropertyDescription("Checks everything, changes nothing, and ends Complete.")
        @Default("false")
        @ValidationRule(
            value = "self == oldSelf",
            message = "dryRun is immutable: apply another increase")
        boolean dryRun,
    @JsonPropertyDescription("Holds still at a safe point, with what is done so far kept.")
        @Default("false")
        boolean paused,
    @JsonPropertyDescription(
            "Goes back to the partition power at which the current cycle began. Refused once the ring has been increased.")
        @Default("false")
        @ValidationRule(value = "self || !oldSelf", message = "a cancel can't be taken back")
        boolean cancel,
    @JsonPropertyDescription(
            "How much of what was relinked is looked at before the point of no return.")
        @Default("Sample")
        Verify verify,
    @JsonPropertyDescription(
            "reclaim_age of the object servers: cleanup has to end within it. Immutable once started.")
        @Default("168h")
        @Pattern(DURATION)
        String reclaimAge,
    @JsonPropertyDescription(
            "How long this object is kept after it has ended; absent: until somebody deletes it.")
        @Pattern(DURATION)
        @Nullable String ttlAfterFinished) {

  /** A duration as Go writes it, in whole hours, minutes and seconds. */
  public static final String DURATION =
      "^([0-9]{1,7}h([0-9]{1,7}m)?([0-9]{1,7}s)?|[0-9]{1,7}m([0-9]{1,7}s)?|[0-9]{1,7}s)$";

  public PartitionPowerIncreaseSpec {
    consumers = consumers == null ? List.of() : List.copyOf(consumers);
    acknowledge = acknowledge == null ? List.of() : List.copyOf(acknowledge);
    nodes = Objects.requireNonNullElse(nodes, NodeSelection.ALL);
    relinker = Objects.requireNonNullElse(relinker, RelinkerSettings.DEFAULTS);
    gates = Objects.requireNonNullElse(gates, Gates.AUTOMATIC);
    windows = windows == null ? List.of() : List.copyOf(windows);
    verify = Objects.requireNonNullElse(verify, Verify.Sample);
    reclaimAge = Objects.requireNonNullElse(reclaimAge, "168h");
  }

  /** A wish with every default. */
  public static PartitionPowerIncreaseSpec of(
      int policyIndex, int targetPartPower, RingSource ring) {
    return new Builder(policyIndex, targetPartPower, ring).build();
  }

  /** Begins with what this has. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Makes wishes that differ from others, or from the defaults, in some points. */
  public static final class Builder {
    private final int policyIndex;
    private final int targetPartPower;
    private final RingSource ring;
    private List<Consumer> consumers = List.of();
    private List<Risk> acknowledge = List.of();
    private NodeSelection nodes = NodeSelection.ALL;
    private RelinkerSettings relinker = RelinkerSettings.DEFAULTS;
    private Gates gates = Gates.AUTOMATIC;
    private List<Window> windows = List.of();
    private boolean dryRun;
    private boolean paused;
    private boolean cancel;
    private Verify verify = Verify.Sample;
    private String reclaimAge = "168h";
    private @Nullable String ttlAfterFinished;

    private Builder(int policyIndex, int targetPartPower, RingSource ring) {
      this.policyIndex = policyIndex;
      this.targetPartPower = targetPartPower;
      this.ring = ring;
    }

    private Builder(PartitionPowerIncreaseSpec spec) {
      this(spec.policyIndex, spec.targetPartPower, spec.ring);
      consumers = spec.consumers;
      acknowledge = spec.acknowledge;
      nodes = spec.nodes;
      relinker = spec.relinker;
      gates = spec.gates;
      windows = spec.windows;
      dryRun = spec.dryRun;
      paused = spec.paused;
      cancel = spec.cancel;
      verify = spec.verify;
      reclaimAge = spec.reclaimAge;
      ttlAfterFinished = spec.ttlAfterFinished;
    }

    public Builder consumers(Consumer... values) {
      consumers = List.of(values);
      return this;
    }

    public Builder acknowledge(Risk... values) {
      acknowledge = List.of(values);
      return this;
    }

    public Builder nodes(NodeSelection value) {
      nodes = value;
      return this;
    }

    public Builder relinker(RelinkerSettings value) {
      relinker = value;
      return this;
    }

    public Builder gates(Gates value) {
      gates = value;
      return this;
    }

    public Builder windows(Window... values) {
      windows = List.of(values);
      return this;
    }

    public Builder dryRun(boolean value) {
      dryRun = value;
      return this;
    }

    public Builder paused(boolean value) {
      paused = value;
      return this;
    }

    public Builder cancel(boolean value) {
      cancel = value;
      return this;
    }

    public Builder verify(Verify value) {
      verify = value;
      return this;
    }

    public Builder reclaimAge(String value) {
      reclaimAge = value;
      return this;
    }

    public Builder ttlAfterFinished(@Nullable String value) {
      ttlAfterFinished = value;
      return this;
    }

    public PartitionPowerIncreaseSpec build() {
      return new PartitionPowerIncreaseSpec(
          policyIndex,
          targetPartPower,
          ring,
          consumers,
          acknowledge,
          nodes,
          relinker,
          gates,
          windows,
          dryRun,
          paused,
          cancel,
          verify,
          reclaimAge,
          ttlAfterFinished);
    }
  }

  /** Risks that a user can take upon himself. */
  public enum Risk {
    /** No proxy is among the consumers: one with an old ring writes where nobody looks later. */
    NoProxyProof,
    /** A consumer proves nothing: it is only given time. */
    UnprovenConsumer,
    /** A consumer that had to prove a ring is named no more, or scaled to 0. */
    DroppedConsumer,
    /** Cleanup may end later than {@code reclaimAge} after the ring was increased. */
    LateCleanup
  }

  /** How much of the links is looked at. */
  public enum Verify {
    /** Nothing. */
    None,
    /** Some partitions of each device. */
    Sample,
    /** Every partition of each device. */
    Full
  }
}
