package dev.ringlift.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How hard an agent works.
 *
 * @param workersPerDevice threads for each device; 0: the agent chooses
 * @param filesPerSecond ceiling of files handled per second on a node, over all its devices; 0: no
 *     limit
 * @param ioPressureLimit percent of time in which tasks of the node may stall on I/O before work
 *     waits; null: no limit
 * @param retries how often a failed step is tried again on a node
 * @param clobberHardlinkCollisions whether another file in the place of a link is quarantined, as
 *     Swift's option of that name does; for what is done from then on
 * @param ioClass how the kernel ranks the agents' I/O among that of others
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
        int filesPerSecond,
    @JsonPropertyDescription(
            "Percentage of time in which tasks of the node may stall on I/O (some avg10 of /proc/pressure/io) before work waits; absent: no limit.")
        @Min(1)
        @Max(100)
        @Nullable Integer ioPressureLimit,
    @JsonPropertyDescription(
            "How often a failed step is tried again on a node, with a growing wait in between.")
        @Default("3")
        @Min(0)
        @Max(100)
        Integer retries,
    @JsonPropertyDescription(
            "Move another file that is in the place of a link aside, as swift-object-relinker does with its option of that name.")
        @Default("false")
        boolean clobberHardlinkCollisions,
    @JsonPropertyDescription(
            "How the kernel ranks the agents' I/O among that of others, where the disk's I/O scheduler heeds it (bfq, mq-deadline): None is its default, BestEffort the lowest priority among others, Idle only when nobody else wants the disk.")
        @Default("None")
        IoClass ioClass) {

  public RelinkerSettings {
    ioClass = Objects.requireNonNullElse(ioClass, IoClass.None);
    retries = Objects.requireNonNullElse(retries, 3);
  }

  /** No limits, three retries, nothing moved aside. */
  public static final RelinkerSettings DEFAULTS =
      new RelinkerSettings(0, 0, null, 3, false, IoClass.None);

  /** The defaults but for these two. */
  public static RelinkerSettings of(int workersPerDevice, int filesPerSecond) {
    return new RelinkerSettings(workersPerDevice, filesPerSecond, null, 3, false, IoClass.None);
  }

  /** Rank of I/O. */
  public enum IoClass {
    /** The kernel's default. */
    None,
    /** The last among others. */
    BestEffort,
    /** Only when nobody else wants the disk. */
    Idle
  }
}
