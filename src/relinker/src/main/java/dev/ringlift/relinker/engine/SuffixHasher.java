package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.ObjectPolicy;
import dev.ringlift.relinker.layout.FileSetRules;
import dev.ringlift.relinker.layout.Name;
import dev.ringlift.relinker.layout.SuffixDigest;
import dev.ringlift.relinker.layout.SuffixHash;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Listing;
import dev.ringlift.relinker.posix.Posix;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Hashes a suffix dir by listing it, as Swift does, for suffixes of which a run has not seen
 * everything itself. On the way obsolete files go, empty hash dirs and an empty suffix dir are
 * removed, and what is no directory is moved to quarantine.
 */
final class SuffixHasher {
  /**
   * What became of a suffix.
   *
   * @param hash its hash, null when there is none
   * @param gone whether the suffix dir is not there (any more)
   * @param errno why it could not be hashed, 0 when it could
   */
  record Outcome(@Nullable SuffixHash hash, boolean gone, int errno) {
    static Outcome failed(int answer) {
      return new Outcome(null, false, -answer);
    }

    static Outcome absent() {
      return new Outcome(null, true, 0);
    }
  }

  private final Tools tools;
  private final SuffixDigest digest;
  private final Sweeper sweeper;
  private final Quarantine quarantine;
  private final BooleanSupplier stopped;
  private final HashDir dir;

  SuffixHasher(
      Tools tools,
      ObjectPolicy.Kind kind,
      FileSetRules rules,
      Sweeper sweeper,
      Quarantine quarantine,
      BooleanSupplier stopped) {
    this.tools = tools;
    this.digest = new SuffixDigest(kind);
    this.sweeper = sweeper;
    this.quarantine = quarantine;
    this.stopped = stopped;
    this.dir = new HashDir(rules, tools.otherFiles);
  }

  /** Hashes the suffix dir of this name in the partition. */
  Outcome hash(int partition, byte[] suffix) {
    Posix posix = tools.posix;
    int fd = posix.openDirectory(partition, tools.otherPath.set(suffix).address());
    if (fd == -Errno.ENOENT || fd == -Errno.ENOTDIR) {
      return Outcome.absent();
    }
    if (fd < 0) {
      return Outcome.failed(fd);
    }
    try {
      int answer = addAll(fd, digest.begin());
      if (answer < 0) {
        return Outcome.failed(answer);
      }
      answer = posix.removeDirectory(partition, tools.otherPath.set(suffix).address());
      if (answer == 0 || answer == -Errno.ENOENT) {
        return Outcome.absent();
      }
      return new Outcome(digest.finish(), false, 0);
    } finally {
      posix.close(fd);
    }
  }

  /**
   * Adds what one hash dir comes to: 0 when it holds files, 1 when it holds none (and is gone, if
   * that could be), or a negated error number, {@code EINTR} when the run has been stopped.
   */
  int add(int suffixFd, byte[] hash, SuffixDigest to) {
    if (stopped.getAsBoolean()) {
      return -Errno.EINTR;
    }
    Posix posix = tools.posix;
    int fd = posix.openDirectory(suffixFd, tools.otherPath.set(hash).address());
    if (fd == -Errno.ENOENT) {
      return 1;
    }
    if (fd < 0) {
      return fd;
    }
    int answer;
    try {
      answer = dir.read(fd);
      if (answer == 0) {
        answer = sweeper.sweep(fd, dir);
      }
    } finally {
      posix.close(fd);
    }
    if (answer < 0) {
      return answer;
    }
    if (dir.entries().isEmpty()) {
      posix.removeDirectory(suffixFd, tools.otherPath.set(hash).address());
      return 1;
    }
    to.add(dir.decide());
    return 0;
  }

  private int addAll(int fd, SuffixDigest to) {
    Listing listing = tools.otherHashes;
    int answer = listing.read(fd);
    if (answer < 0) {
      return answer;
    }
    List<Name> names = new ArrayList<>();
    for (int at = listing.first(); at >= 0; at = listing.next(at)) {
      names.add(new Name(listing.name(at)));
    }
    names.sort(null);
    for (Name name : names) {
      answer = add(fd, name.bytes(), to);
      if (answer == -Errno.ENOTDIR || answer == -Errno.ENODATA || answer == -Errno.EUCLEAN) {
        answer = quarantine.move(fd, name.bytes());
      }
      if (answer < 0) {
        return answer;
      }
    }
    return 0;
  }
}
