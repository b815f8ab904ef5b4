package dev.ringlift.agent.node;

import dev.ringlift.api.v1alpha1.StorageNodeStatus.RingFileStatus;
import dev.ringlift.ring.Md5;
import dev.ringlift.ring.RingFormatException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The object rings of the directory that Swift's processes on this node read theirs from. A file is
 * read only when its stat has changed, so that looking costs one system call: this is asked before
 * each partition. Works the same for plain files, renamed into place, and for the mount of a
 * ConfigMap, where each file is a symbolic link through {@code ..data}, which is swapped as a
 * whole. Safe for use by any thread.
 */
public final class RingDirectory {
  private static final Pattern OBJECT_RING =
      Pattern.compile("object(?:-([1-9][0-9]{0,4}))?\\.ring\\.gz");
  private static final long LARGEST = 512L << 20;

  /** A file may be replaced, or its mount swapped, between two looks at it; not that often. */
  private static final int LOOKS = 3;

  private final Path directory;
  private final RingParser parser;
  private final InstantSource clock;
  private final Map<String, Known> known = new ConcurrentHashMap<>();
  private final Map<String, Instant> unreadableSince = new ConcurrentHashMap<>();
  private final Map<String, RingFileStatus> reported = new ConcurrentHashMap<>();

  public RingDirectory(Path directory, RingParser parser, InstantSource clock) {
    this.directory = directory;
    this.parser = parser;
    this.clock = clock;
  }

  /**
   * What an earlier process of this agent had reported: since when a content is there is taken from
   * it, where the file shows that it has not been touched since.
   */
  public void remember(List<RingFileStatus> rings) {
    rings.forEach(ring -> reported.put(ring.file(), ring));
  }

  /** The directory. */
  public Path path() {
    return directory;
  }

  /** All object rings, sorted by policy. */
  public List<SeenRing> all() throws IOException {
    List<SeenRing> rings = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Matcher name = OBJECT_RING.matcher(file.getFileName().toString());
        if (name.matches()) {
          look(file.getFileName().toString(), policy(name)).ifPresent(rings::add);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    rings.sort(Comparator.comparingInt(SeenRing::policyIndex));
    return rings;
  }

  /** The ring of this policy, if its file is there. */
  public Optional<SeenRing> ofPolicy(int policyIndex) {
    return look(fileName(policyIndex), policyIndex);
  }

  /** The name of the ring file of a policy. */
  public static String fileName(int policyIndex) {
    return policyIndex == 0 ? "object.ring.gz" : "object-" + policyIndex + ".ring.gz";
  }

  private static int policy(Matcher name) {
    return name.group(1) == null ? 0 : Integer.parseInt(name.group(1));
  }

  private Optional<SeenRing> look(String file, int policyIndex) {
    Path path = directory.resolve(file);
    for (int look = 1; ; look++) {
      Stamp stamp;
      try {
        stamp = Stamp.of(path);
        Known last = known.get(file);
        if (last != null && last.stamp.equals(stamp)) {
          return Optional.of(last.ring);
        }
        byte[] bytes = read(path, stamp);
        if (!Stamp.of(path).equals(stamp) && look < LOOKS) {
          continue;
        }
        return Optional.of(keep(file, policyIndex, stamp, bytes));
      } catch (NoSuchFileException e) {
        if (look == LOOKS) {
          known.remove(file);
          return Optional.empty();
        }
      } catch (IOException e) {
        known.remove(file);
        return Optional.of(unreadable(file, policyIndex, e));
      }
    }
  }

  private static byte[] read(Path path, Stamp stamp) throws IOException {
    if (!Files.isRegularFile(path)) {
      throw new IOException("not a regular file");
    }
    if (stamp.size > LARGEST) {
      throw new IOException("larger than any ring: " + stamp.size + " bytes");
    }
    return Files.readAllBytes(path);
  }

  private SeenRing keep(String file, int policyIndex, Stamp stamp, byte[] bytes) {
    String md5 = Md5.hex(bytes);
    Instant since = since(file, md5, stamp);
    RingParser.@Nullable Facts facts = null;
    @Nullable String error = null;
    try {
      facts = parser.parse(bytes);
    } catch (RingFormatException e) {
      error = e.getMessage();
    }
    SeenRing ring =
        new SeenRing(
            file,
            policyIndex,
            md5,
            facts == null ? null : facts.version(),
            facts == null ? null : facts.partPower(),
            facts == null ? null : facts.nextPartPower(),
            stamp.modified.toInstant(),
            since,
            error);
    known.put(file, new Known(stamp, ring));
    unreadableSince.remove(file);
    return ring;
  }

  private SeenRing unreadable(String file, int policyIndex, IOException problem) {
    Instant since = unreadableSince.computeIfAbsent(file, name -> now());
    return new SeenRing(
        file,
        policyIndex,
        "",
        null,
        null,
        null,
        since,
        since,
        "The file can't be read: " + problem.getMessage());
  }

  /** The same content keeps its time, however often the file is written anew. */
  private Instant since(String file, String md5, Stamp stamp) {
    Known last = known.get(file);
    if (last != null) {
      return last.ring.md5().equals(md5) ? last.ring.since() : now();
    }
    RingFileStatus before = reported.get(file);
    if (before != null && before.md5().equals(md5)) {
      Instant then = Instant.parse(before.since());
      // Written later than that, it may have been another in between.
      if (!stamp.changed.toInstant().isAfter(then)) {
        return then;
      }
    }
    return now();
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private record Known(Stamp stamp, SeenRing ring) {}

  /** What changes when a file is written, replaced, or reached by another symbolic link. */
  private record Stamp(
      Object device, Object inode, long size, FileTime modified, FileTime changed) {
    static Stamp of(Path path) throws IOException {
      Map<String, Object> stat =
          Files.readAttributes(path, "unix:dev,ino,size,lastModifiedTime,ctime");
      return new Stamp(
          value(stat, "dev"),
          value(stat, "ino"),
          (Long) value(stat, "size"),
          (FileTime) value(stat, "lastModifiedTime"),
          (FileTime) value(stat, "ctime"));
    }

    private static Object value(Map<String, Object> stat, String name) {
      @Nullable Object value = stat.get(name);
      if (value == null) {
        throw new IllegalStateException("this system's stat has no " + name);
      }
      return value;
    }
  }
}
