package dev.ringlift.e2e.story;

import dev.ringlift.e2e.cluster.StorageHost;
import dev.ringlift.testkit.swift.RealSwift;
import dev.ringlift.testkit.swift.SwiftFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The files of objects on all devices of a cluster.
 *
 * @param files by zone of the node, device, hash dir and file name: each once, wherever its
 *     partition is
 * @param misplaced files that are not in the partition of the power asked for, and further links
 */
record ObjectTree(SortedMap<String, Content> files, List<String> misplaced) {

  /** What may not change on the way: the same inode with the same bytes and attributes. */
  record Content(long inode, long size, String md5, Map<String, String> xattrs) {}

  static ObjectTree of(RealSwift swift, List<StorageHost> hosts, int partPower) {
    SortedMap<String, Content> files = new TreeMap<>();
    List<String> misplaced = new ArrayList<>();
    for (StorageHost host : hosts) {
      for (SwiftFile file : swift.tree(host.devicesRoot())) {
        // <device>/objects/<partition>/<suffix>/<hash>/<file>
        String[] parts = file.path().split("/", -1);
        if (!file.isFile() || parts.length != 6 || !parts[1].equals("objects")) {
          continue;
        }
        String where = host.name() + "/" + file.path();
        long partition = Long.parseLong(parts[4].substring(0, 8), 16) >>> (32 - partPower);
        if (!parts[2].equals(Long.toString(partition)) || file.links() != 1) {
          misplaced.add(where + " (" + file.links() + " links)");
        }
        files.put(
            String.join("/", zone(host), parts[0], parts[4], parts[5]),
            new Content(file.inode(), file.size(), String.valueOf(file.md5()), file.xattrs()));
      }
    }
    return new ObjectTree(files, misplaced);
  }

  /** A machine that is replaced has another name, but stands in the same zone. */
  private static String zone(StorageHost host) {
    return "z" + host.zone();
  }

  /** The files on these nodes. */
  SortedMap<String, Content> filesOn(List<StorageHost> hosts) {
    SortedMap<String, Content> found = new TreeMap<>(files);
    List<String> zones = hosts.stream().map(ObjectTree::zone).toList();
    found.keySet().removeIf(file -> !zones.contains(file.substring(0, file.indexOf('/'))));
    return found;
  }
}
