package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.Consumer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who loads the ring beside the nodes, as it was seen.
 *
 * @param groups the consumers of the spec
 * @param mounts the pods that have the ring's ConfigMap
 */
public record Audience(List<Group> groups, List<Mount> mounts) {
  /** Nobody. */
  public static final Audience NONE = new Audience(List.of(), List.of());

  public Audience {
    groups = List.copyOf(groups);
    mounts = List.copyOf(mounts);
  }

  /** Who mounts the ring and belongs to no consumer, with some of the pods. */
  Map<String, String> uncovered() {
    return byOwner(mount -> mount.consumers().isEmpty() && (mount.directory() || mount.subPath()));
  }

  /** The owners of some pods that are no agents', with some of these pods. */
  Map<String, String> byOwner(Predicate<Mount> which) {
    Map<String, List<String>> pods = new TreeMap<>();
    for (Mount mount : mounts) {
      if (!mount.agent() && which.test(mount)) {
        pods.computeIfAbsent(mount.owner(), owner -> new ArrayList<>()).add(mount.pod());
      }
    }
    Map<String, String> named = new TreeMap<>();
    pods.forEach(
        (owner, all) ->
            named.put(
                owner,
                "pod "
                    + all.getFirst()
                    + (all.size() > 1 ? " and %d more".formatted(all.size() - 1) : "")));
    return named;
  }

  /**
   * A consumer.
   *
   * @param workload null if there is none of this name, and for addresses
   * @param members its pods that may have a process running, or its addresses
   */
  public record Group(Consumer consumer, @Nullable Workload workload, List<Member> members) {
    public Group {
      members = List.copyOf(members);
    }
  }

  /**
   * A Deployment, StatefulSet or DaemonSet.
   *
   * @param observed whether what its status says is about its present spec
   * @param desired how many pods it is to have
   * @param total how many it has
   * @param updated how many of these come from its present template
   * @param available how many of its pods are available
   * @param stamp for which ring its pods are to have been started, as its template says
   */
  public record Workload(
      boolean observed,
      int desired,
      int total,
      int updated,
      int available,
      @Nullable String stamp) {}

  /**
   * A pod, or an address.
   *
   * @param name of the pod; the address
   * @param running whether it has begun to run
   * @param ending whether it is being deleted, and may still run
   * @param started when it was created; null for addresses
   * @param stamp for which ring it was started, as its own annotation says
   * @param answer the last one of recon; null if there was none, or it isn't asked
   * @param failure why the last question got no answer; null if it did, or none was put
   * @param node where the pod runs; null if that is not known, and for addresses
   */
  public record Member(
      String name,
      boolean running,
      boolean ending,
      @Nullable Instant started,
      @Nullable String stamp,
      @Nullable ReconAnswer answer,
      @Nullable String failure,
      @Nullable String node) {

    /** One of which nobody knows where it runs. */
    public Member(
        String name,
        boolean running,
        boolean ending,
        @Nullable Instant started,
        @Nullable String stamp,
        @Nullable ReconAnswer answer,
        @Nullable String failure) {
      this(name, running, ending, started, stamp, answer, failure, null);
    }
  }

  /**
   * A pod that has a ConfigMap of the ring's store.
   *
   * @param pod its name
   * @param uid its UID
   * @param owner what it belongs to, as {@code Deployment swift-proxy}
   * @param agent whether it is a node's agent, which proves the ring by its StorageNode
   * @param consumers names of the consumers that it belongs to
   * @param directory whether a container mounts the ring in a directory, which gets updates
   * @param subPath whether a container mounts the ring by subPath, which gets none
   * @param environment whether a container has it in its environment, which gets none
   * @param told md5 of the ring for which it was last annotated
   */
  public record Mount(
      String pod,
      String uid,
      String owner,
      boolean agent,
      Set<String> consumers,
      boolean directory,
      boolean subPath,
      boolean environment,
      @Nullable String told) {
    public Mount {
      consumers = Set.copyOf(consumers);
    }
  }
}
