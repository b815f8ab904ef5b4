package dev.ringlift.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes take part, and how many of them work at once.
 *
 * @param selector of labels of Nodes; null: all that have an agent
 * @param maxConcurrent a count, or a percentage of the nodes that take part, rounded up
 * @param oneZoneAtATime whether to work zone by zone, as the ring's devices name them
 * @param excludeDevices devices that are known to be dead, and are left out; refused, as a whole,
 *     where a partition would be left without a replica
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NodeSelection(
    @JsonPropertyDescription(
            "Nodes, by their labels, whose agents take part; absent: all that have an agent.")
        @Nullable LabelRules selector,
    @JsonPropertyDescription(
            "How many nodes work at once: a count (\"3\"), or a percentage of the nodes that take part, rounded up (\"25%\").")
        @Default("100%")
        @Pattern("^([1-9][0-9]{0,5}|([1-9][0-9]?|100)%)$")
        String maxConcurrent,
    @JsonPropertyDescription("Work zone by zone, as the ring's devices name them.")
        @Default("false")
        boolean oneZoneAtATime,
    @JsonPropertyDescription(
            "Devices that are known to be dead: they get no work, and nothing waits for them. Refused where a partition would be left without a replica (erasure coding: without enough fragments). May be changed at any time. Wipe such a disk before it returns.")
        @Size(max = 256)
        @ListType(ListType.Kind.ATOMIC)
        List<ExcludedDevice> excludeDevices) {

  /** All nodes, all at once. */
  public static final NodeSelection ALL = new NodeSelection(null, "100%", false, List.of());

  public NodeSelection {
    maxConcurrent = Objects.requireNonNullElse(maxConcurrent, "100%");
    excludeDevices = excludeDevices == null ? List.of() : List.copyOf(excludeDevices);
  }

  /**
   * A device that is known to be dead.
   *
   * @param node its node, which may be gone; or the ip of the device in the ring
   * @param device its name in the ring
   */
  public record ExcludedDevice(
      @JsonPropertyDescription("Its node, or, where that is gone, its ip in the ring.")
          @Required
          @Size(min = 1, max = 253)
          @Pattern(NamePatterns.WORD)
          String node,
      @JsonPropertyDescription("Its name in the ring.")
          @Required
          @Size(min = 1, max = 253)
          @Pattern(NamePatterns.DEVICE)
          String device) {}
}
