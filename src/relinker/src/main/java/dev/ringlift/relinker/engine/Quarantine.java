package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.PathBuffer;
import dev.ringlift.relinker.posix.Posix;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Moves what cannot be used out of the way, to {@code <device>/quarantined/<datadir>/}, as Swift
 * does; nothing is deleted.
 */
final class Quarantine {
  private final Tools tools;
  private final PathBuffer name;
  private final int device;
  private final byte[] dataDir;
  private final long root;

  Quarantine(Tools tools, int device, String dataDir) {
    this.tools = tools;
    this.name = new PathBuffer(tools.posix);
    this.device = device;
    this.dataDir = dataDir.getBytes(StandardCharsets.US_ASCII);
    this.root = tools.posix.name("quarantined");
  }

  /**
   * Moves the entry of a directory there; beside an earlier one of that name, if there is one. 0 or
   * a negated error number.
   */
  int move(int directory, byte[] entry) {
    Posix posix = tools.posix;
    int target = open();
    if (target < 0) {
      return target;
    }
    try {
      long from = tools.otherPath.set(entry).address();
      // A file would replace an earlier one of its name without a word.
      int answer =
          posix.stat(target, from) == 0
              ? -Errno.EEXIST
              : posix.rename(directory, from, target, from);
      if (answer == -Errno.EEXIST
          || answer == -Errno.ENOTEMPTY
          || answer == -Errno.ENOTDIR
          || answer == -Errno.EISDIR) {
        byte[] suffix =
            ("-" + UUID.randomUUID().toString().replace("-", ""))
                .getBytes(StandardCharsets.US_ASCII);
        byte[] other = new byte[entry.length + suffix.length];
        System.arraycopy(entry, 0, other, 0, entry.length);
        System.arraycopy(suffix, 0, other, entry.length, suffix.length);
        answer = posix.rename(directory, from, target, name.set(other).address());
      }
      return answer;
    } finally {
      posix.close(target);
    }
  }

  private int open() {
    Posix posix = tools.posix;
    int answer = posix.makeDirectory(device, root);
    if (answer < 0 && answer != -Errno.EEXIST) {
      return answer;
    }
    int quarantined = posix.openDirectory(device, root);
    if (quarantined < 0) {
      return quarantined;
    }
    try {
      long dataDirName = name.set(dataDir).address();
      answer = posix.makeDirectory(quarantined, dataDirName);
      return answer < 0 && answer != -Errno.EEXIST
          ? answer
          : posix.openDirectory(quarantined, dataDirName);
    } finally {
      posix.close(quarantined);
    }
  }
}
