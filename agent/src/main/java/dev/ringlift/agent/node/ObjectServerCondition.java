package dev.ringlift.agent.node;

import dev.ringlift.api.v1alpha1.StorageNodeStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.RingFileStatus;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The condition that tells whether the node's object server has the rings that the agent sees. */
final class ObjectServerCondition {
  private static final int SHOWN = 3;

  private ObjectServerCondition() {}

  /**
   * @param rings with what the object server tells of them
   * @param before what was last reported; its time stays while nothing has changed
   */
  static Condition of(
      String server,
      ObjectServer.Answer answer,
      List<RingFileStatus> rings,
      @Nullable StorageNodeStatus before,
      Instant now) {
    List<RingFileStatus> others =
        rings.stream().filter(ring -> !ring.md5().equals(ring.objectServerMd5())).toList();
    String status;
    String reason;
    String message;
    if (!answer.problem().isEmpty()) {
      status = "Unknown";
      reason = "ObjectServerSilent";
      message = "The object server at %s tells no rings: %s.".formatted(server, answer.problem());
    } else if (others.isEmpty()) {
      status = "True";
      reason = "AsExpected";
      message = "The object server at %s has the rings that the agent sees.".formatted(server);
    } else {
      status = "False";
      reason = "OtherRing";
      message =
          "The object server at %s does not have the rings that the agent sees: %s. After a ring has changed that is to be expected for a minute or two; if it lasts, see what the object server's container mounts."
              .formatted(server, list(others));
    }
    return NodeCondition.of(
        StorageNodeStatus.OBJECT_SERVER_RINGS, status, reason, message, before, now);
  }

  private static String list(List<RingFileStatus> others) {
    return others.stream()
            .limit(SHOWN)
            .map(
                ring ->
                    ring.objectServerMd5() == null
                        ? "%s is %s here, and it tells none".formatted(ring.file(), ring.md5())
                        : "%s is %s here, and %s there"
                            .formatted(ring.file(), ring.md5(), ring.objectServerMd5()))
            .collect(Collectors.joining("; "))
        + (others.size() > SHOWN ? "; and " + (others.size() - SHOWN) + " more" : "");
  }
}
