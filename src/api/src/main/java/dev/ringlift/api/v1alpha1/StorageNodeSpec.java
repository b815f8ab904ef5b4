package dev.ringlift.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/**
 * What is to be remembered of a node. Written by the operator; everything else of it is the
 * agent's.
 *
 * @param excludedDevices devices that an increase left out, and that no later one has cleaned up
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StorageNodeSpec(
    @JsonPropertyDescription(
            "Devices that an increase left out, and that no later one has cleaned up: they hold objects where Swift no longer looks for them. Wipe each before it returns.")
        @Size(max = 1000)
        @ListType(ListType.Kind.ATOMIC)
        List<LeftOut> excludedDevices) {

  public StorageNodeSpec {
    excludedDevices = excludedDevices == null ? List.of() : List.copyOf(excludedDevices);
  }

  /**
   * A device that was left out.
   *
   * @param policyIndex of the ring that was raised
   * @param partPower at which its objects were when it was left out, at the latest
   * @param increase name of the PartitionPowerIncrease
   */
  public record LeftOut(
      @JsonPropertyDescription("Its name.") String device,
      @JsonPropertyDescription("Storage policy of the ring that was raised.") int policyIndex,
      @JsonPropertyDescription("Partition power of its places, at the latest.") int partPower,
      @JsonPropertyDescription("Name of the PartitionPowerIncrease.") String increase) {}
}
