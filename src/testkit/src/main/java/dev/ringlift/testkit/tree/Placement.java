package dev.ringlift.testkit.tree;

import java.nio.file.Path;
import java.util.List;

/** What a ring says: where the replicas of a partition are. Called from several threads. */
@FunctionalInterface
public interface Placement {
  /** The device folders ({@code <devices root>/<device>}) of a partition, all different. */
  List<Path> devices(int partition);
}
