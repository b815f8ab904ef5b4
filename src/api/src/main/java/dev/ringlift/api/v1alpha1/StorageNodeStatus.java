package dev.ringlift.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an agent found on its node. Written on change only; that the agent lives is told by its
 * Lease.
 *
 * @param agentVersion version of the agent
 * @param deviceCount how many devices there are
 * @param devices every directory under the devices root
 * @param rings every object ring in the ring directory
 * @param ringProblems rings of ConfigMaps that the agent is to install and does not, each with the
 *     reason
 * @param policies the storage policies of the node's swift.conf; empty if it can't be read
 * @param machine what of the machine bears on the work; null if it can't be told
 * @param conditions StaleDevice: whether a device holds what an earlier increase left behind;
 *     ObjectServerRings, where the agent may ask the node's object server: whether that has the
 *     same rings
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StorageNodeStatus(
    @JsonPropertyDescription("Version of the agent.") String agentVersion,
    @JsonPropertyDescription("How many devices there are.") int deviceCount,
    @JsonPropertyDescription("Every directory under the devices root.")
        @Size(max = 1000)
        @ListType(value = ListType.Kind.MAP, keys = "name")
        List<DeviceStatus> devices,
    @JsonPropertyDescription("Every object ring in the ring directory.")
        @Size(max = 64)
        @ListType(value = ListType.Kind.MAP, keys = "file")
        List<RingFileStatus> rings,
    @JsonPropertyDescription("Rings that the agent is to install and does not, with the reason.")
        @Size(max = 64)
        @ListType(ListType.Kind.ATOMIC)
        List<RingProblem> ringProblems,
    @JsonPropertyDescription("Storage policies, by the node's swift.conf.")
        @Size(max = 64)
        @ListType(value = ListType.Kind.MAP, keys = "index")
        List<PolicyStatus> policies,
    @JsonPropertyDescription("What of the machine bears on the work.")
        @Nullable MachineStatus machine,
    @JsonPropertyDescription(
            "StaleDevice: whether a device holds what an earlier increase left behind. ObjectServerRings, where the agent may ask the node's object server: whether that has the rings that the agent sees.")
        @Size(max = 8)
        @ListType(value = ListType.Kind.MAP, keys = "type")
        List<Condition> conditions) {

  /** The condition that is True while a device holds what an earlier increase left behind. */
  public static final String STALE_DEVICE = "StaleDevice";

  /** The condition that is True while the node's object server has the rings of the agent. */
  public static final String OBJECT_SERVER_RINGS = "ObjectServerRings";

  public StorageNodeStatus {
    policies = policies == null ? List.of() : List.copyOf(policies);
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
    devices = devices == null ? List.of() : List.copyOf(devices);
    rings = rings == null ? List.of() : List.copyOf(rings);
    ringProblems = ringProblems == null ? List.of() : List.copyOf(ringProblems);
  }

  /** A node of which no more is known. */
  public StorageNodeStatus(
      String agentVersion,
      int deviceCount,
      List<DeviceStatus> devices,
      List<RingFileStatus> rings,
      List<RingProblem> ringProblems) {
    this(agentVersion, deviceCount, devices, rings, ringProblems, List.of(), null, List.of());
  }

  /**
   * A storage policy.
   *
   * @param dataFragments how many different fragments are needed to read an object; 1 for
   *     replication
   * @param fragments how many different ones there are, after which they repeat; 1 for replication
   */
  public record PolicyStatus(
      @JsonPropertyDescription("Its index.") int index,
      @JsonPropertyDescription(
              "How many different fragments are needed to read an object; 1 for replication.")
          int dataFragments,
      @JsonPropertyDescription("How many different fragments there are; 1 for replication.")
          int fragments) {}

  /**
   * The machine.
   *
   * @param memoryBytes its main memory; rounded
   * @param vfsCachePressure the kernel's vm.vfs_cache_pressure
   */
  public record MachineStatus(
      @JsonPropertyDescription("Its main memory; rounded.") long memoryBytes,
      @JsonPropertyDescription("The kernel's vm.vfs_cache_pressure.") int vfsCachePressure) {}

  /**
   * A device of the node.
   *
   * @param name of its directory under the devices root
   * @param mounted whether it is a mount point, or need not be one on this node
   * @param filesystem type, as in /proc/mounts
   * @param inodesTotal of its filesystem; rounded, so that an idle node writes nothing; 0 where the
   *     filesystem does not count them
   * @param inodesFree likewise
   * @param uid owner of the device's directory
   * @param gid group of the device's directory
   * @param dataDirs of object policies: {@code objects}, {@code objects-1}, …
   * @param leftovers what an earlier increase left behind: {@code datadir: what}
   * @param problem why the device can't be looked at; nothing else but its name is then known
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record DeviceStatus(
      @JsonPropertyDescription("Name of its directory under the devices root.")
          @Size(min = 1, max = 255)
          String name,
      @JsonPropertyDescription("Whether it is a mount point, or need not be one on this node.")
          boolean mounted,
      @JsonPropertyDescription("Type of its file system.") @Nullable String filesystem,
      @JsonPropertyDescription("Inodes, rounded; 0 where the file system does not count them.")
          long inodesTotal,
      @JsonPropertyDescription("Free inodes, rounded.") long inodesFree,
      @JsonPropertyDescription("Owner of its directory.") int uid,
      @JsonPropertyDescription("Group of its directory.") int gid,
      @JsonPropertyDescription("Directories of object policies: objects, objects-1, …")
          @Size(max = 64)
          @ListType(ListType.Kind.SET)
          List<String> dataDirs,
      @JsonPropertyDescription("What an earlier increase left behind.")
          @Size(max = 64)
          @ListType(ListType.Kind.ATOMIC)
          List<String> leftovers,
      @JsonPropertyDescription("Why it can't be looked at; nothing but its name is then known.")
          @Nullable String problem) {

    public DeviceStatus {
      dataDirs = dataDirs == null ? List.of() : List.copyOf(dataDirs);
      leftovers = leftovers == null ? List.of() : List.copyOf(leftovers);
    }
  }

  /**
   * A ring file that the node's Swift processes load.
   *
   * @param file its name, such as {@code object-1.ring.gz}
   * @param md5 of the file, 32 hexadecimal digits
   * @param version of the ring, if it has one
   * @param objectServerMd5 of the file that the node's object server has under this name, as its
   *     recon tells; null where it is not asked, or tells none
   * @param since when the agent first saw this content, by the node's clock
   * @param error why the file can't be read as a ring; then the powers are absent
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record RingFileStatus(
      @JsonPropertyDescription("Its name, such as object-1.ring.gz.") @Size(min = 1, max = 255)
          String file,
      @JsonPropertyDescription("md5 of the file.") @Pattern(NamePatterns.MD5) String md5,
      @JsonPropertyDescription(
              "md5 of the file of this name that the node's object server has, as its recon tells.")
          @Pattern(NamePatterns.MD5)
          @Nullable String objectServerMd5,
      @JsonPropertyDescription("Version of the ring, if it has one.") @Nullable Long version,
      @JsonPropertyDescription("Its partition power.") @Nullable Integer partPower,
      @JsonPropertyDescription("Its next partition power, if it has one.")
          @Nullable Integer nextPartPower,
      @JsonPropertyDescription("When the agent first saw this content, by the node's clock.")
          String since,
      @JsonPropertyDescription("Why the file can't be read as a ring.") @Nullable String error) {

    /** Of which no object server has been asked. */
    public RingFileStatus(
        String file,
        String md5,
        @Nullable Long version,
        @Nullable Integer partPower,
        @Nullable Integer nextPartPower,
        String since,
        @Nullable String error) {
      this(file, md5, null, version, partPower, nextPartPower, since, error);
    }

    /** The same, with what the object server tells. */
    public RingFileStatus withObjectServer(@Nullable String itsMd5) {
      return new RingFileStatus(file, md5, itsMd5, version, partPower, nextPartPower, since, error);
    }
  }

  /**
   * A ring that is not installed.
   *
   * @param file the name of the ring; absent where the whole ConfigMap is the matter
   * @param configMap where it is to come from
   * @param message why not, and what to do, in whole sentences
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record RingProblem(
      @JsonPropertyDescription("Name of the ring; absent where the whole ConfigMap is the matter.")
          @Nullable String file,
      @JsonPropertyDescription("The ConfigMap that it is to come from.") String configMap,
      @JsonPropertyDescription("Why not, and what to do.") String message) {}
}
