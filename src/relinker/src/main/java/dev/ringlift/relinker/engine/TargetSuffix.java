package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.layout.FileSet;
import dev.ringlift.relinker.layout.Name;
import dev.ringlift.relinker.layout.SuffixDigest;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Listing;
import dev.ringlift.relinker.posix.PathBuffer;
import dev.ringlift.relinker.posix.Posix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A suffix dir of a new partition while the old suffix dir of the same name is walked. It is
 * opened, or made, when the first hash dir wants it; one that this run has just made is known to be
 * empty and is neither opened nor listed.
 */
final class TargetSuffix {
  /** What is known of the directory. */
  private enum State {
    UNKNOWN,
    /**
     * Reached by paths from the partition, without opening it: as good as UNKNOWN, but in no need
     * of a look.
     */
    PASSED,
    ABSENT,
    MADE,
    OPEN
  }

  /** What a hash dir in it holds. */
  private record Content(Name hash, FileSet files) {}

  private final Tools tools;
  private final TargetPartition partition;
  private final Name name;
  private final List<Content> contents = new ArrayList<>(2);
  private State state = State.UNKNOWN;
  private int fd = -1;
  private boolean unsure;
  private boolean counted;

  TargetSuffix(Tools tools, TargetPartition partition, Name name) {
    this.tools = tools;
    this.partition = partition;
    this.name = name;
    if (partition.fd() < 0) {
      state = State.ABSENT;
    }
  }

  /** Opens the suffix dir if it exists: 0, {@code −ENOENT}, or another negated error number. */
  int find() {
    return switch (state) {
      case OPEN, MADE, PASSED -> 0;
      case ABSENT -> -Errno.ENOENT;
      case UNKNOWN -> {
        if (tools.posix.guardsWholePaths()) {
          state = State.PASSED;
          yield 0;
        }
        yield open();
      }
    };
  }

  /** Makes the suffix dir, or opens it when it exists: 0 or a negated error number. */
  int make() {
    if (state == State.OPEN || state == State.MADE) {
      return 0;
    }
    int answer = partition.make();
    if (answer == 0) {
      answer = tools.posix.makeDirectory(partition.fd(), path().address());
    }
    if (answer == 0) {
      state = State.MADE;
      return 0;
    }
    return answer == -Errno.EEXIST ? open() : answer;
  }

  /** Counts what a dry run would make so that there is this directory. */
  void countMissing(Meter meter) {
    if (!counted) {
      counted = true;
      partition.countMissing();
      if (partition.fd() < 0
          || tools.posix.stat(partition.fd(), path().address()) == -Errno.ENOENT) {
        meter.countDirectory();
      }
    }
  }

  /**
   * Whether this run made it just now, so that it holds no hash dir but those that this run makes.
   */
  boolean isFresh() {
    return state == State.MADE;
  }

  /** The directory that {@link #hashPath} starts from. */
  int base() {
    return state == State.OPEN ? fd : partition.fd();
  }

  /** The path of a hash dir in it, from {@link #base}, in the given buffer. */
  PathBuffer hashPath(byte[] hash, PathBuffer buffer) {
    return state == State.OPEN ? buffer.set(hash) : buffer.set(name.bytes()).slash(hash);
  }

  /** Opens a hash dir in it: a descriptor or a negated error number. */
  int openHash(byte[] hash) {
    if (state == State.MADE) {
      // Somebody else has put a hash dir into it: from now on it is an ordinary, existing one.
      int answer = open();
      if (answer < 0) {
        return answer;
      }
    }
    return tools.posix.openDirectory(base(), hashPath(hash, tools.path).address());
  }

  /** Moves a hash dir of it to quarantine: 0 or a negated error number. */
  int quarantineHash(byte[] hash, Quarantine quarantine) {
    int answer = state == State.OPEN ? 0 : open();
    return answer < 0 ? answer : quarantine.move(fd, hash);
  }

  Name name() {
    return name;
  }

  long partitionNumber() {
    return partition.number();
  }

  /** Whether its hash is computed at the end. */
  boolean rehashes() {
    return partition.rehashes();
  }

  /** Says what a hash dir in it holds now. */
  void holds(Name hash, FileSet files) {
    contents.add(new Content(hash, files));
  }

  /** A hash dir in it was touched, but what it holds now is not known. */
  void unsure() {
    unsure = true;
  }

  /** Ends the work on this suffix: tells the partition its hash, as far as that is wanted. */
  void finish(SuffixHasher hasher, SuffixDigest digest) {
    try {
      if (contents.isEmpty() && !unsure) {
        return;
      }
      partition.touched(name);
      if (partition.rehashes() && !unsure && addContents(hasher, digest)) {
        partition.known(name, Optional.of(digest.finish()));
      } else {
        partition.known(name, Optional.empty());
      }
    } finally {
      close();
    }
  }

  void close() {
    tools.close(fd);
    fd = -1;
    state = State.UNKNOWN;
  }

  private boolean addContents(SuffixHasher hasher, SuffixDigest digest) {
    if (contents.size() > 1) {
      contents.sort(Comparator.comparing(Content::hash));
    }
    if (state == State.MADE || holdsNothingElse()) {
      for (Content each : contents) {
        digest.add(each.files());
      }
      return true;
    }
    Listing listing = tools.otherHashes;
    if ((state != State.OPEN && open() < 0) || listing.read(fd) < 0) {
      return false;
    }
    List<Name> names = new ArrayList<>();
    for (int at = listing.first(); at >= 0; at = listing.next(at)) {
      names.add(new Name(listing.name(at)));
    }
    names.sort(null);
    Map<Name, FileSet> known = new HashMap<>();
    contents.forEach(each -> known.put(each.hash(), each.files()));
    for (Name each : names) {
      FileSet files = known.get(each);
      if (files != null) {
        digest.add(files);
      } else if (hasher.add(fd, each.bytes(), digest) < 0) {
        return false;
      }
    }
    return !names.isEmpty();
  }

  /**
   * Whether the suffix dir has as many subdirectories as this run knows of, which saves listing it.
   */
  private boolean holdsNothingElse() {
    Posix posix = tools.posix;
    if (!partition.countsLinks()) {
      return false;
    }
    int answer =
        state == State.OPEN ? posix.stat(fd) : posix.stat(partition.fd(), path().address());
    return answer == 0 && posix.statLinks() == contents.size() + 2L;
  }

  private int open() {
    Posix posix = tools.posix;
    int answer = posix.openDirectory(partition.fd(), path().address());
    if (answer >= 0) {
      fd = answer;
      state = State.OPEN;
      return 0;
    }
    if (answer == -Errno.ENOENT) {
      state = State.ABSENT;
    }
    return answer;
  }

  private PathBuffer path() {
    return tools.path.set(name.bytes());
  }
}
