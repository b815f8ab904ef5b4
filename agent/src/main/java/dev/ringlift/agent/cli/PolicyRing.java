package dev.ringlift.agent.cli;

import dev.ringlift.agent.conf.SwiftPolicies;
import dev.ringlift.agent.conf.UserError;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingFileName;
import dev.ringlift.ring.RingFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A storage policy and its ring.
 *
 * @param modified when the ring's file was last written
 */
record PolicyRing(SwiftPolicies.Named policy, Ring ring, Instant modified) {

  /** The policies of these names or indexes, or all of swift.conf. */
  static List<SwiftPolicies.Named> choose(Path swiftDir, List<String> names) throws UserError {
    SwiftPolicies policies = SwiftPolicies.read(swiftDir);
    List<SwiftPolicies.Named> chosen = new ArrayList<>();
    for (String each : names) {
      try {
        chosen.add(policies.find(each));
      } catch (UserError e) {
        throw new UsageError(String.valueOf(e.getMessage()));
      }
    }
    return chosen.isEmpty() ? policies.all() : chosen.stream().distinct().toList();
  }

  /** These policies, each with its ring. */
  static List<PolicyRing> read(Path swiftDir, List<SwiftPolicies.Named> policies) throws UserError {
    List<PolicyRing> rings = new ArrayList<>();
    for (SwiftPolicies.Named policy : policies) {
      rings.add(read(policy, swiftDir.resolve(RingFileName.ring(policy.policy().index()))));
    }
    return rings;
  }

  private static PolicyRing read(SwiftPolicies.Named policy, Path file) throws UserError {
    try {
      return new PolicyRing(
          policy, Ring.read(Files.readAllBytes(file)), Files.getLastModifiedTime(file).toInstant());
    } catch (RingFormatException e) {
      throw new UserError("The ring " + file + " cannot be used. " + e.getMessage());
    } catch (NoSuchFileException e) {
      throw new UserError(
          "The ring of policy " + policy.name() + " is missing: there is no " + file + ".");
    } catch (IOException e) {
      throw new UserError(
          "The ring of policy %s, %s, cannot be read: %s."
              .formatted(policy.name(), file, e.getMessage()));
    }
  }
}
