package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.layout.Name;
import dev.ringlift.relinker.layout.Places;
import dev.ringlift.relinker.layout.SuffixHash;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Posix;
import dev.ringlift.relinker.posix.PosixException;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A partition that the hash dirs of an old one belong to, while the old one is worked on.
 *
 * <p>Its suffix hashes stay right through a crash at any moment:
 *
 * <ul>
 *   <li>Relink: suffixes are invalidated (or rehashed) once, after all their links are made. A
 *       crash before that leaves the old partition not done, and the next run treats every hash dir
 *       of it as touched, whether it makes a link or not.
 *   <li>Cleanup: every suffix that the old partition has is invalidated here <em>before</em> the
 *       first old file is removed, because what is removed can't be seen by the next run. When all
 *       is done the right hashes are written and the invalidations taken back.
 * </ul>
 */
final class TargetPartition {
  private final Job job;
  private final Tools tools;
  private final PartitionHashes hashes;
  private final long number;
  private final BitSet touched = new BitSet();
  private final Map<Integer, Optional<SuffixHash>> known = new TreeMap<>();
  private int fd = -1;
  private PartitionHashes.Snapshot snapshot = PartitionHashes.Snapshot.NONE;

  TargetPartition(Job job, Tools tools, PartitionHashes hashes, long number) {
    this.job = job;
    this.tools = tools;
    this.hashes = hashes;
    this.number = number;
  }

  /** Opens it, making it if needed, and invalidates what cleanup is about to touch. */
  void open(BitSet oldSuffixes) throws PosixException {
    Posix posix = tools.posix;
    long name = tools.path.set(number).address();
    if (job.dryRun()) {
      fd = posix.openDirectory(job.dataDir(), name);
      if (fd != -Errno.ENOENT) {
        PosixException.check("open the new partition " + number, fd);
      }
      return;
    }
    int made = posix.makeDirectory(job.dataDir(), name);
    if (made != -Errno.EEXIST) {
      PosixException.check("make the new partition " + number, made);
    }
    fd =
        PosixException.check(
            "open the new partition " + number, posix.openDirectory(job.dataDir(), name));
    if (made < 0 && rehashes()) {
      snapshot = hashes.snapshot(fd, job.cleanup() ? oldSuffixes : new BitSet());
    }
  }

  long number() {
    return number;
  }

  /** Its descriptor; negative when there is none, which happens in a dry run only. */
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
    if (job.dryRun()) {
      return;
    }
    if (rehashes()) {
      hashes.update(fd, snapshot, known);
    } else if (!touched.isEmpty()) {
      hashes.invalidate(fd, touched);
    }
  }

  void close() {
    tools.close(fd);
    fd = -1;
  }
}
