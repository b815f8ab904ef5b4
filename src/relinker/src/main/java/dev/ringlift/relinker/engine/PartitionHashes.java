package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.engine.HashesFiles.Snapshot;
import dev.ringlift.relinker.layout.HashesPickle;
import dev.ringlift.relinker.layout.Places;
import dev.ringlift.relinker.layout.SuffixHash;
import dev.ringlift.relinker.layout.SuffixHashes;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Listing;
import dev.ringlift.relinker.posix.Posix;
import dev.ringlift.relinker.posix.PosixException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How the suffix hashes of a partition, in {@code hashes.pkl} and {@code hashes.invalid} ({@link
 * HashesFiles}), are read, taken away, put back and brought up to date.
 *
 * <p>An update never loses an invalidation that somebody else makes meanwhile:
 *
 * <ol>
 *   <li>Under the partition's lock, read both files ({@link #snapshot}), and, before anything is
 *       made or removed that the hashes speak of, take {@code hashes.pkl} away ({@link #take}).
 *   <li>Without the lock, look at the directories and compute.
 *   <li>Under the lock again, compare: if {@code hashes.pkl} is not the one read (or not still
 *       away), or {@code hashes.invalid} does not begin with what was read, somebody else has
 *       updated: start over, trusting nothing that was computed.
 *   <li>What {@code hashes.invalid} has got since goes into the new hashes as not known; write
 *       {@code hashes.pkl} (temporary file, rename), then empty {@code hashes.invalid}, then
 *       unlock.
 * </ol>
 *
 * <p>Invariants: whoever changes a suffix dir invalidates it afterwards under the lock, so a change
 * is either seen in step 2 or its invalidation found in step 4. (Object servers invalidate just
 * before they rename a file into place, {@code swift/obj/diskfile.py}: a hash that is computed in
 * between, here or by a replicator, lacks that file until the suffix changes again.) {@code
 * hashes.invalid} is emptied only after the file that replaces it is in place. The new file is not
 * synced by itself: after a crash it is whole, or is not readable as a pickle (which means: rehash
 * everything), or is the old one; and the partition is called done only after the whole file system
 * has been synced. {@code hashes.pkl} is taken away, and not marked in {@code hashes.invalid},
 * because file systems with a journal keep the order of removals through a power cut, but not the
 * order of a removal and of what was written to a file before it.
 *
 * <p>Hashing by listing obeys the limits of the run, and its stop: what is not hashed then stays
 * not known.
 */
final class PartitionHashes {
  private static final int ATTEMPTS = 10;

  private final Tools tools;
  private final HashesFiles files;
  private final SuffixHasher hasher;
  private final Clock clock;
  private final BooleanSupplier mayGoOn;

  /**
   * @param mayGoOn waits for its turn before each suffix is hashed by listing; false when the run
   *     has been stopped
   */
  PartitionHashes(
      Tools tools, FileLock locks, SuffixHasher hasher, Clock clock, BooleanSupplier mayGoOn) {
    this.tools = tools;
    this.files = new HashesFiles(tools, locks);
    this.hasher = hasher;
    this.clock = clock;
    this.mayGoOn = mayGoOn;
  }

  /** Reads both files. */
  Snapshot snapshot(int partition) throws PosixException {
    int lock = files.lock(partition);
    try {
      return files.read(partition);
    } finally {
      tools.close(lock);
    }
  }

  /**
   * Reads both files, and takes {@code hashes.pkl} away until {@link #update} puts another in its
   * place: in between nobody finds hashes there that may be about to become wrong.
   */
  Snapshot take(int partition) throws PosixException {
    int lock = files.lock(partition);
    try {
      Snapshot found = files.read(partition);
      if (found.pickle() == null) {
        return found;
      }
      files.removePickle(partition);
      return found.taken();
    } finally {
      tools.close(lock);
    }
  }

  /**
   * As {@link #take}, at the price of one call where there are no hashes: for those that are put
   * back ({@link #putBack}), or left away.
   */
  Snapshot takeIfAny(int partition) throws PosixException {
    int answer = tools.posix.stat(partition, tools.hashesPickle);
    if (answer == -Errno.ENOENT) {
      return Snapshot.NONE;
    }
    PosixException.check("look at hashes.pkl", answer);
    int type = tools.posix.statType();
    boolean readable = type == Posix.TYPE_FILE || type == Posix.TYPE_LINK;
    return readable ? take(partition) : Snapshot.NONE;
  }

  /**
   * Puts hashes back that were taken away, less those of these suffixes; where nothing was taken,
   * or somebody has made others since, the suffixes are invalidated.
   */
  void putBack(int partition, Snapshot snapshot, BitSet changed) throws PosixException {
    if (snapshot.isTaken() && snapshot.pickle() != null) {
      SuffixHashes old = HashesPickle.read(snapshot.pickle());
      SortedMap<Integer, Optional<SuffixHash>> hashes = new TreeMap<>(old.bySuffix());
      HashesFiles.invalidated(snapshot.invalid()).stream()
          .forEach(suffix -> hashes.put(suffix, Optional.empty()));
      changed.stream().forEach(suffix -> hashes.put(suffix, Optional.empty()));
      if (old.valid() && replace(partition, snapshot, hashes, true) == null) {
        return;
      }
    }
    if (!changed.isEmpty()) {
      invalidate(partition, changed);
    }
  }

  /** Marks these suffixes as not known, as object servers do after a change. */
  void invalidate(int partition, BitSet suffixes) throws PosixException {
    int lock = files.lock(partition);
    try {
      files.invalidate(partition, suffixes);
    } finally {
      tools.close(lock);
    }
  }

  /**
   * Brings the partition's hashes up to date and returns them. {@code known} are suffixes looked at
   * since the snapshot: their hash, empty for one that must be hashed by listing it. Every suffix
   * of which the snapshot knew no hash is hashed too.
   */
  SortedMap<Integer, Optional<SuffixHash>> update(
      int partition, Snapshot start, Map<Integer, Optional<SuffixHash>> known)
      throws PosixException {
    Snapshot snapshot = start;
    boolean trusted = true;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      SortedMap<Integer, Optional<SuffixHash>> hashes = base(partition, snapshot);
      boolean changed =
          snapshot.pickle() == null || snapshot.isTaken() || snapshot.invalid().length > 0;
      for (Map.Entry<Integer, Optional<SuffixHash>> entry : known.entrySet()) {
        hashes.put(entry.getKey(), trusted ? entry.getValue() : Optional.empty());
        changed = true;
      }
      changed |= hashUnknown(partition, hashes);
      Snapshot now = replace(partition, snapshot, hashes, changed);
      if (now == null) {
        return hashes;
      }
      snapshot = now;
      trusted = false;
    }
    throw new PosixException("hashes.pkl was changed by others again and again", Errno.EBUSY);
  }

  /**
   * What the snapshot says: of a valid file its hashes, less the invalidated ones; else every
   * suffix dir there is, not known.
   */
  private SortedMap<Integer, Optional<SuffixHash>> base(int partition, Snapshot snapshot)
      throws PosixException {
    SuffixHashes old =
        snapshot.pickle() == null ? SuffixHashes.invalid() : HashesPickle.read(snapshot.pickle());
    SortedMap<Integer, Optional<SuffixHash>> hashes = new TreeMap<>();
    if (old.valid()) {
      hashes.putAll(old.bySuffix());
    } else {
      Listing listing = tools.otherSuffixes;
      PosixException.check("list the partition", rewoundListing(partition, listing));
      for (int at = listing.first(); at >= 0; at = listing.next(at)) {
        byte[] name = listing.name(at);
        if (Places.isSuffix(name)) {
          hashes.put(Places.suffixNumber(name), Optional.empty());
        }
      }
    }
    HashesFiles.invalidated(snapshot.invalid()).stream()
        .forEach(suffix -> hashes.put(suffix, Optional.empty()));
    return hashes;
  }

  /** A directory's descriptor can be listed once; for another look it is opened again. */
  private int rewoundListing(int partition, Listing listing) {
    int fd = tools.posix.openDirectory(partition, tools.dot);
    if (fd < 0) {
      return fd;
    }
    try {
      return listing.read(fd);
    } finally {
      tools.posix.close(fd);
    }
  }

  private boolean hashUnknown(int partition, SortedMap<Integer, Optional<SuffixHash>> hashes) {
    boolean changed = false;
    for (var entries = hashes.entrySet().iterator(); entries.hasNext(); ) {
      var entry = entries.next();
      if (entry.getValue().isPresent()) {
        continue;
      }
      changed = true;
      if (!mayGoOn.getAsBoolean()) {
        continue;
      }
      byte[] name = Places.suffixName(entry.getKey()).getBytes(StandardCharsets.US_ASCII);
      SuffixHasher.Outcome outcome = hasher.hash(partition, name);
      if (outcome.gone()) {
        entries.remove();
      } else if (outcome.errno() == 0) {
        entry.setValue(Optional.ofNullable(outcome.hash()));
      }
      // A suffix that cannot be read stays not known; whoever asks for its hash next tries again.
    }
    return changed;
  }

  /** Step 3 and 4: null when done, else what is there now. */
  private @Nullable Snapshot replace(
      int partition,
      Snapshot seen,
      SortedMap<Integer, Optional<SuffixHash>> hashes,
      boolean changed)
      throws PosixException {
    if (!changed) {
      return null;
    }
    int lock = files.lock(partition);
    try {
      Snapshot now = files.read(partition);
      int length = seen.invalid().length;
      boolean same =
          Arrays.equals(now.pickle(), seen.isTaken() ? null : seen.pickle())
              && now.invalid().length >= length
              && Arrays.equals(now.invalid(), 0, length, seen.invalid(), 0, length);
      if (!same) {
        return now;
      }
      byte[] since = Arrays.copyOfRange(now.invalid(), length, now.invalid().length);
      HashesFiles.invalidated(since).stream()
          .forEach(suffix -> hashes.put(suffix, Optional.empty()));
      double updated = clock.millis() / 1e3;
      files.write(partition, HashesPickle.write(new SuffixHashes(true, updated, hashes)));
      if (now.invalid().length > 0) {
        files.emptyInvalid(partition);
      }
      return null;
    } finally {
      tools.close(lock);
    }
  }
}
