package dev.ringlift.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * The wish of a {@link PartitionPowerIncrease}.
 *
 * @param policyIndex storage policy whose object ring is raised: {@code object.ring.gz} for 0,
 *     {@code object-N.ring.gz} for N
 * @param targetPartPower partition power to end at, 1 to 32
 * @param ring where ring and builder are kept
 * @param relinker how hard the agents work
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
            "How hard the agents work; may be changed at any time, agents obey within seconds.")
        @Default("{}")
        RelinkerSettings relinker) {}
