package dev.ringlift.ring;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;

/**
 * Puts rings into the directory that Swift's processes on a node read theirs from.
 *
 * <ol>
 *   <li>The content must be a whole, readable ring, and the name that of an object ring. Account
 *       and container rings have no such name.
 *   <li>What is there is looked at, never through a symbolic link: nothing, or a regular file. The
 *       same content: done.
 *   <li>The ring that is there may be newer ({@link #refusal}). Then it stays, unless the caller
 *       says that just this content is meant.
 *   <li>{@link Disk#replace}: a temporary file beside it, fsync, rename, fsync of the directory,
 *       with mode and owner of the file that was there, or 0644.
 * </ol>
 *
 * <p>Invariant: at every moment, and after a crash at any, the file is whole: what it was, or what
 * it becomes. A crash may leave a temporary file, which is hidden, and which a later installation
 * removes when it is an hour old.
 *
 * <p>Between 2 and 4 another hand may write the file; then the last one wins, as among any two who
 * write to one directory. A link put there in between is replaced, not followed.
 */
public final class RingInstaller {
  private static final int LARGEST = PartIndex.LARGEST_FILE;
  private static final Duration ABANDONED = Duration.ofHours(1);

  private final Disk disk;
  private final InstantSource clock;

  public RingInstaller(InstantSource clock) {
    this(clock, new Disk());
  }

  RingInstaller(InstantSource clock, Disk disk) {
    this.clock = clock;
    this.disk = disk;
  }

  /** What came of it. */
  public sealed interface Outcome {}

  /** The file holds this content now, and did not before. */
  public record Installed() implements Outcome {}

  /** The file holds this content already. */
  public record Unchanged() implements Outcome {}

  /**
   * The file is what it was.
   *
   * @param problem why, in whole sentences
   */
  public record Kept(String problem) implements Outcome {}

  /**
   * The file is what it was: the ring in it is newer than what was to be installed.
   *
   * @param problem which figures show that, in whole sentences
   */
  public record Outdated(String problem) implements Outcome {}

  /**
   * Installs a ring.
   *
   * @param content the whole file
   * @param overNewer whether it is meant even over a ring that is newer
   */
  public Outcome install(Path directory, RingFileName name, byte[] content, boolean overNewer) {
    if (name.kind() != RingFileName.Kind.RING) {
      throw new IllegalArgumentException(name.fileName() + " is no ring");
    }
    Path file = directory.resolve(name.fileName());
    Ring ring;
    try {
      ring = Ring.read(content);
    } catch (RingFormatException e) {
      return new Kept("What is to be installed is no ring that could be used. " + e.getMessage());
    }
    try {
      removeAbandoned(directory, name.fileName());
      return install(file, ring, content, overNewer);
    } catch (IOException e) {
      return new Kept("%s can't be replaced: %s.".formatted(file, reason(e)));
    }
  }

  private Outcome install(Path file, Ring ring, byte[] content, boolean overNewer)
      throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      BasicFileAttributes found =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (found.isSymbolicLink()) {
        return new Kept(
            "%s is a symbolic link, as where a ConfigMap is mounted: nothing is installed there."
                .formatted(file));
      }
      if (!found.isRegularFile() || found.size() > LARGEST) {
        return new Kept("%s is no file that could be a ring.".formatted(file));
      }
      byte[] there = Files.readAllBytes(file);
      if (Arrays.equals(there, content)) {
        return new Unchanged();
      }
      String refusal = overNewer ? "" : refusal(there, ring);
      if (!refusal.isEmpty()) {
        return new Outdated(refusal);
      }
    }
    disk.replace(file, out -> out.write(content));
    return new Installed();
  }

  /**
   * Why a ring may not take the place of another: the other is of a higher version (a ring that
   * says none counts as version 0), or of a higher partition power, which no newer ring ever lowers
   * rightly. Where both are equal the content may differ: then it is another builder's or another
   * format, and what is to be installed goes in. What can't be read as a ring is no ring to Swift
   * either, and protects nothing.
   */
  private static String refusal(byte[] there, Ring ring) {
    Ring present;
    try {
      present = Ring.read(there);
    } catch (RingFormatException e) {
      return "";
    }
    if (version(present) > version(ring)) {
      return "The ring that is there is newer: version %d, and that to be installed is version %d."
          .formatted(version(present), version(ring));
    }
    if (present.partPower() > ring.partPower()) {
      return ("The ring that is there has partition power %d, and that to be installed %d: a"
              + " partition power can't be lowered.")
          .formatted(present.partPower(), ring.partPower());
    }
    return "";
  }

  private static long version(Ring ring) {
    Long version = ring.version();
    return version == null ? 0 : version;
  }

  private void removeAbandoned(Path directory, String name) throws IOException {
    Instant limit = clock.instant().minus(ABANDONED);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "." + name + ".*.tmp")) {
      for (Path file : files) {
        if (Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
            .toInstant()
            .isBefore(limit)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "there is no " + missing.getFile();
      case java.nio.file.AccessDeniedException denied -> "permission denied";
      case FileSystemException failed when failed.getReason() != null -> failed.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
