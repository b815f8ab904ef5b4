package dev.ringlift.agent.task;

import dev.ringlift.agent.conf.SwiftPolicies;
import dev.ringlift.agent.conf.UserError;
import dev.ringlift.relinker.ObjectPolicy;
import java.nio.file.Path;

/**
 * Which kind of policy an index stands for, by this node's swift.conf: files and suffix hashes of
 * an erasure coding policy are other than those of a replication policy, and mistaking one for the
 * other would leave hashes that Swift can't use. Read anew each time, for swift.conf may change.
 */
final class PolicyKinds {
  private final Path swiftDirectory;

  PolicyKinds(Path swiftDirectory) {
    this.swiftDirectory = swiftDirectory;
  }

  /** What is known of a policy. */
  sealed interface Kind {
    /** What it is. */
    record Known(ObjectPolicy policy) implements Kind {}

    /** Why it can't be told, as a sentence. */
    record Unknown(String sentence) implements Kind {}
  }

  Kind of(int index) {
    try {
      return SwiftPolicies.read(swiftDirectory)
          .find(index)
          .<Kind>map(Kind.Known::new)
          .orElseGet(
              () ->
                  new Kind.Unknown(
                      "Which type policy %d has can't be told: swift.conf in %s has no such policy."
                          .formatted(index, swiftDirectory)));
    } catch (UserError e) {
      return new Kind.Unknown(String.valueOf(e.getMessage()));
    }
  }
}
