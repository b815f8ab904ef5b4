package dev.ringlift.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;

/**
 * How hard an agent works.
 *
 * @param workersPerDevice threads for each device; 0: the agent chooses
 * @param filesPerSecond ceiling of files handled per second on a node, over all its devices; 0: no
 *     limit
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RelinkerSettings(
    @JsonPropertyDescription("Threads for each device; 0: the agent chooses.")
        @Default("0")
        @Min(0)
        @Max(64)
        int workersPerDevice,
    @JsonPropertyDescription(
            "Ceiling of files handled per second on one node, over all its devices; 0: no limit.")
        @Default("0")
        @Min(0)
        int filesPerSecond) {}
