package dev.ringlift.e2e.demo;

import dev.ringlift.api.v1alpha1.StorageNode;
import dev.ringlift.e2e.cluster.RingPlacement;
import dev.ringlift.e2e.cluster.StorageHost;
import dev.ringlift.e2e.cluster.SwiftCluster;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingFormatException;
import dev.ringlift.ring.RingPair;
import dev.ringlift.testkit.tree.SyntheticTree;
import dev.ringlift.testkit.tree.TreeCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Looks for itself whether all is as it must be, trusting nobody's status. */
final class Verification {
  private final SwiftCluster cluster;
  private final SyntheticTree tree;
  private final int partPower;

  /**
   * @param partPower that the ring must have now
   */
  Verification(SwiftCluster cluster, SyntheticTree tree, int partPower) {
    this.cluster = cluster;
    this.tree = tree;
    this.partPower = partPower;
  }

  /** Something that was looked at: what holds, or what does not. */
  record Finding(boolean holds, String sentence, List<String> details) {}

  /** Whether the ring is the one that was wanted, and its builder agrees. */
  Finding ring() {
    Ring ring = cluster.ring();
    if (ring.partPower() != partPower || ring.nextPartPower() != null) {
      return broken(
          "the ring has power %d, next %s, not %d"
              .formatted(ring.partPower(), ring.nextPartPower(), partPower));
    }
    try {
      RingBuilder builder = RingBuilder.read(cluster.published("object.builder"));
      Optional<String> difference = RingPair.difference(ring, builder);
      return difference.isPresent()
          ? broken("ring and builder disagree: " + difference.get())
          : holds("the ring has power %d, and its builder agrees with it".formatted(partPower));
    } catch (RingFormatException e) {
      return broken("the builder can't be read: " + e.getMessage());
    }
  }

  /** Whether every file of every replica is where the ring says, and nothing is elsewhere. */
  Finding objects() {
    TreeCheck check = tree.check(partPower, new RingPlacement(cluster.ring(), cluster.hosts()));
    return check.ok()
        ? holds(
            "%s objects, %s files: each the same file as before, in its new partition, none left behind"
                .formatted(LiveTable.number(check.objects()), LiveTable.number(check.files())))
        : new Finding(
            false,
            LiveTable.number(check.faults()) + " faults in the objects",
            check.firstFaults());
  }

  /** Whether runs left nothing behind on the devices, and every node says so. */
  Finding leftovers() {
    List<String> left = new ArrayList<>();
    for (StorageHost host : cluster.hosts()) {
      for (String device : host.devices()) {
        try (Stream<Path> entries = Files.list(host.device(device))) {
          // Swift's own replication locks (.lock) come with every replicator, and stay.
          entries
              .filter(entry -> entry.getFileName().toString().matches("\\.?relink\\..*"))
              .forEach(entry -> left.add(host.folder().relativize(entry).toString()));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    for (StorageNode node : cluster.storageNodes()) {
      if (node.getStatus() != null) {
        node.getStatus().devices().forEach(device -> left.addAll(device.leftovers()));
      }
    }
    return left.isEmpty()
        ? holds("no state file and no lock file is left on any device")
        : new Finding(false, left.size() + " files are left on the devices", left);
  }

  private static Finding holds(String sentence) {
    return new Finding(true, sentence, List.of());
  }

  private static Finding broken(String sentence) {
    return new Finding(false, sentence, List.of());
  }
}
