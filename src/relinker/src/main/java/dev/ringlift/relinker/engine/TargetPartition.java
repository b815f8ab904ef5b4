package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.layout.Name;
import dev.ringlift.relinker.layout.Places;
import dev.ringlift.relinker.layout.SuffixHash;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Posix;
import dev.ringlift.relinker.posix.PosixException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A partition that the hash dirs of an old one belong to, while the old one is worked on.
 *
 * <p>Its suffix hashes stay right through a crash at any moment, whoever goes on: {@code
 * hashes.pkl} is taken away <em>before</em> the first link is made or the first old file is
 * removed, because what is there already, or gone, the next run may not see (Swift's invalidates
 * only where it makes a link). When all is done, the right hashes are written, or, where nobody
 * needs them yet, the former ones less those of the suffixes that were touched.
 */
final class TargetPartition {
  private final Job job;
  private final Tools tools;
  private final PartitionHashes hashes;
  private final long number;
  private final BitSet touched = new BitSet();
  private final Map<Integer, Optional<SuffixHash>> known = new HashMap<>();
  private int fd = -1;
  private boolean counted;
  private HashesFiles.Snapshot snapshot = HashesFiles.Snapshot.NONE;

  TargetPartition(Job job, Tools tools, PartitionHashes hashes, long number) {
    this.job = job;
    this.tools = tools;
    this.hashes = hashes;
    this.number = number;
  }

  /** Opens it if it exists, and takes its suffix hashes. */
  void open() throws PosixException {
    int answer = tools.posix.openDirectory(job.dataDir(), tools.path.set(number).address());
    if (answer == -Errno.ENOENT) {
      return;
    }
    fd = PosixException.check("open the new partition " + number, answer);
    try {
      look();
    } catch (PosixException e) {
      close();
      throw e;
    }
  }

  /**
   * Makes it if it is not there; not before there is something to put into it, so that no empty
   * partition is left behind. 0 or a negated error number.
   */
  int make() {
    if (fd >= 0) {
      return 0;
    }
    Posix posix = tools.posix;
    int made = posix.makeDirectory(job.dataDir(), tools.path.set(number).address());
    if (made < 0 && made != -Errno.EEXIST) {
      return made;
    }
    int answer = posix.openDirectory(job.dataDir(), tools.path.set(number).address());
    if (answer < 0) {
      return answer;
    }
    fd = answer;
    if (made == 0) {
      return 0;
    }
    try {
      look();
      return 0;
    } catch (PosixException e) {
      close();
      return -e.errno();
    }
  }

  /** Counts it, once, as linked into by a dry run, and as made where it is not there. */
  void countMissing() {
    if (!counted) {
      counted = true;
      job.meter().countLinkedInto();
      if (fd < 0) {
        job.meter().countDirectory();
      }
    }
  }

  /** Takes the suffix hashes that are there, for they are about to become wrong. */
  private void look() throws PosixException {
    if (!job.dryRun()) {
      snapshot = rehashes() ? hashes.take(fd) : hashes.takeIfAny(fd);
    }
  }

  long number() {
    return number;
  }

  /** Its descriptor; negative while it does not exist. */
  int fd() {
    return fd;
  }

  /** Whether its suffix hashes are brought up to date at the end. */
  boolean rehashes() {
    return !job.dryRun() && job.rehashes(number);
  }

  /** Whether the link count of a directory tells how many subdirectories it has. */
  boolean countsLinks() {
    return job.traditional();
  }

  /** The suffix has, or may have, got links. */
  void touched(Name suffix) {
    touched.set(Places.suffixNumber(suffix.bytes()));
  }

  /** The suffix's hash as this run knows it; empty when it must be hashed by listing. */
  void known(Name suffix, Optional<SuffixHash> hash) {
    known.put(Places.suffixNumber(suffix.bytes()), hash);
  }

  /** Brings the suffix hashes in order for all that was touched. */
  void finish() throws PosixException {
    if (job.dryRun() || fd < 0) {
      return;
    }
    if (rehashes()) {
      hashes.update(fd, snapshot, known);
    } else {
      hashes.putBack(fd, snapshot, touched);
    }
  }

  void close() {
    tools.close(fd);
    fd = -1;
  }
}
