package dev.ringlift.ring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Ring and builder as files in a directory, as swift-ring-builder keeps them: {@code
 * object.builder}, {@code object.ring.gz} beside it, and copies in {@code backups/}.
 *
 * <p>A transition:
 *
 * <ol>
 *   <li>Builder and ring are read, and must belong together: otherwise changes that nobody has
 *       published yet would go out with the new power.
 *   <li>The new builder and ring are computed. A refusal ends it here; nothing was written.
 *   <li>The builder as it was goes to {@code backups/<epoch>.<builder>.before}, and the new ring,
 *       as swift-ring-builder does it, to {@code backups/<epoch>.<ring>}.
 *   <li>The builder is replaced.
 *   <li>The ring is replaced.
 * </ol>
 *
 * Invariants, at every moment and after a crash at any: each file is whole, old or new ({@link
 * Disk#replace}); the ring is never ahead of the builder, since a ring written later from an old
 * builder would bring the old power back; and what lies between 4 and 5, a builder one transition
 * ahead of its ring, is recognised when the same command is run again, which then does 5 alone.
 */
public final class RingFiles {
  private static final String RING_SUFFIX = ".ring.gz";
  private static final String BUILDER_SUFFIX = ".builder";

  private final Clock clock;
  private final Disk disk;

  public RingFiles(Clock clock) {
    this(clock, new Disk());
  }

  RingFiles(Clock clock, Disk disk) {
    this.clock = clock;
    this.disk = disk;
  }

  /** What came of a command; {@link #exitCode} is what the process should end with. */
  public sealed interface Outcome {
    int exitCode();

    /** A whole sentence for the user. */
    String message();
  }

  /** Builder and ring are as they should be after the transition. */
  public record Changed(String message, RingBuilder builder, Ring ring) implements Outcome {
    @Override
    public int exitCode() {
      return 0;
    }
  }

  /** A file can't be read or written, or is not what it should be. */
  public record BadFile(String message) implements Outcome {
    @Override
    public int exitCode() {
      return 1;
    }
  }

  /** Not the time for this transition, or not the ring for it; nothing was changed. */
  public record Refused(String message) implements Outcome {
    @Override
    public int exitCode() {
      return 2;
    }
  }

  /** What a file holds. */
  public record Shown(String message, RingReport report) implements Outcome {
    @Override
    public int exitCode() {
      return 0;
    }
  }

  /** Ends a command early. */
  private static final class Stop extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Outcome outcome;

    Stop(Outcome outcome) {
      this.outcome = outcome;
    }
  }

  /**
   * Writes a file as it is given, so that at every moment it is whole: see {@link Disk#replace}.
   */
  public static void write(Path file, byte[] content) throws IOException {
    new Disk().replace(file, out -> out.write(content));
  }

  /**
   * Tells what a ring or a builder holds. A file whose name ends in {@code .ring.gz}, or that
   * begins as gzip does, is read as a ring.
   */
  public Outcome show(Path file) {
    try {
      byte[] bytes = bytes(file);
      boolean gzip = bytes.length > 1 && bytes[0] == 0x1f && bytes[1] == (byte) 0x8b;
      RingReport report =
          gzip || file.toString().endsWith(RING_SUFFIX)
              ? RingReport.of(Ring.read(bytes), bytes.length)
              : RingReport.of(RingBuilder.read(bytes), bytes.length);
      return new Shown(file + ": " + report.state(), report);
    } catch (RingFormatException e) {
      return new BadFile(file + ": " + e.getMessage());
    } catch (Stop e) {
      return e.outcome;
    }
  }

  /**
   * Does one transition.
   *
   * @param file the builder, or its ring, as swift-ring-builder takes either
   * @param formatVersion of the ring to write; where null, that of the ring which is there, or 1
   */
  public Outcome apply(Transition transition, Path file, @Nullable Integer formatVersion) {
    try {
      return apply(transition, new Pair(file), formatVersion);
    } catch (Stop e) {
      return e.outcome;
    } catch (IOException e) {
      return new BadFile("%s can't be written: %s.".formatted(file, reason(e)));
    }
  }

  private Outcome apply(Transition transition, Pair pair, @Nullable Integer formatVersion)
      throws Stop, IOException {
    if (!String.valueOf(pair.builder().getFileName()).contains("object")) {
      throw new Stop(
          new Refused(
              "%s: the partition power of object rings alone can be increased, and this file's name"
                      .formatted(pair.builder())
                  + " does not contain 'object'."));
    }
    RingBuilder builder = readBuilder(pair.builder());
    Standing standing = standing(transition, pair, builder);
    int format = formatVersion != null ? formatVersion : standing.formatVersion();
    checkFormat(format, builder);
    if (standing.interrupted()) {
      return complete(transition, pair, builder, format);
    }
    RingBuilder after = after(transition, builder, clock.instant());
    Ring ring = after.toRing(format).named(pair.ring().getFileName().toString());
    Path copy = backUp(pair, ring);
    disk.replace(pair.builder(), after::writeTo);
    disk.copy(copy, pair.ring());
    return new Changed(message(transition, after), after, ring);
  }

  /**
   * How the ring that is there stands to the builder.
   *
   * @param formatVersion its format; 1 where there is none
   * @param interrupted whether the builder alone is already past the transition
   */
  private record Standing(int formatVersion, boolean interrupted) {}

  /** The ring is needed here only: a large one is not to be held while the next is made. */
  private static Standing standing(Transition transition, Pair pair, RingBuilder builder)
      throws Stop {
    Optional<Ring> ring = readRing(pair.ring());
    if (ring.isEmpty()) {
      return new Standing(1, false);
    }
    Optional<String> difference = RingPair.difference(ring.get(), builder);
    if (difference.isEmpty()) {
      return new Standing(ring.get().formatVersion(), false);
    }
    try {
      if (RingPair.difference(ring.get().after(transition), builder).isEmpty()) {
        return new Standing(ring.get().formatVersion(), true);
      }
    } catch (TransitionRefusedException e) {
      // then the builder is not one transition ahead either
    }
    throw new Stop(
        new Refused(
            "%s does not belong to %s; write the ring first, by swift-ring-builder %s write_ring. %s"
                .formatted(pair.ring(), pair.builder(), pair.builder(), difference.get())));
  }

  /** Writes the ring that an interrupted run left behind its builder. */
  private Outcome complete(Transition transition, Pair pair, RingBuilder builder, int format)
      throws IOException {
    Ring ring = builder.toRing(format).named(pair.ring().getFileName().toString());
    disk.replace(pair.ring(), ring::writeTo);
    return new Changed(
        "An interrupted run had changed the builder only; the ring now follows it. "
            + message(transition, builder),
        builder,
        ring);
  }

  private static RingBuilder after(Transition transition, RingBuilder builder, Instant now)
      throws Stop {
    try {
      return builder.after(transition, now);
    } catch (TransitionRefusedException e) {
      throw new Stop(new Refused(e.getMessage()));
    }
  }

  private static void checkFormat(int format, RingBuilder builder) throws Stop {
    if (format != 1 && format != 2) {
      throw new Stop(new Refused("Ring format version " + format + " is not known; 1 and 2 are."));
    }
    if (format == 1 && builder.deviceIdBytes() != 2) {
      throw new Stop(
          new Refused(
              "The builder's device ids have 4 bytes, for which ring format 1 has no room; format"
                  + " version 2 has."));
    }
  }

  /** Returns the copy of the new ring, to be copied in turn: nothing is compressed twice. */
  private Path backUp(Pair pair, Ring ring) throws IOException {
    Path directory = pair.builder().toAbsolutePath().resolveSibling("backups");
    disk.createDirectory(directory);
    String prefix = clock.instant().getEpochSecond() + ".";
    disk.copy(pair.builder(), directory.resolve(prefix + pair.builder().getFileName() + ".before"));
    Path copy = directory.resolve(prefix + pair.ring().getFileName());
    disk.replace(copy, ring::writeTo);
    return copy;
  }

  private static String message(Transition transition, RingBuilder builder) {
    return switch (transition) {
      case PREPARE ->
          "The next partition power is now %d: distribute the ring, then relink."
              .formatted(builder.partPower() + 1);
      case INCREASE ->
          "The partition power is now %d: distribute the ring, then clean up."
              .formatted(builder.partPower());
      case CANCEL ->
          "The increase is cancelled at partition power %d: distribute the ring, then clean up."
              .formatted(builder.partPower());
      case FINISH ->
          "The increase is finished at partition power %d: distribute the ring."
              .formatted(builder.partPower());
    };
  }

  private static RingBuilder readBuilder(Path file) throws Stop {
    try {
      return RingBuilder.read(bytes(file));
    } catch (RingFormatException e) {
      throw new Stop(new BadFile(file + ": " + e.getMessage()));
    }
  }

  private static Optional<Ring> readRing(Path file) throws Stop {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Ring.read(bytes(file)));
    } catch (RingFormatException e) {
      throw new Stop(new BadFile(file + ": " + e.getMessage()));
    }
  }

  private static byte[] bytes(Path file) throws Stop {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new Stop(new BadFile("%s can't be read: %s.".formatted(file, reason(e))));
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "it does not exist";
      case java.nio.file.AccessDeniedException denied -> "permission denied";
      case java.nio.file.FileSystemException failed when failed.getReason() != null ->
          failed.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }

  /** The two files, from the name of either. */
  private record Pair(Path builder, Path ring) {
    Pair(Path file) {
      this(builderOf(file), ringOf(file));
    }

    private static Path builderOf(Path file) {
      String name = String.valueOf(file.getFileName());
      return name.endsWith(RING_SUFFIX)
          ? file.resolveSibling(stem(name, RING_SUFFIX) + BUILDER_SUFFIX)
          : file;
    }

    private static Path ringOf(Path file) {
      String name = String.valueOf(file.getFileName());
      return name.endsWith(RING_SUFFIX)
          ? file
          : file.resolveSibling(
              (name.endsWith(BUILDER_SUFFIX) ? stem(name, BUILDER_SUFFIX) : name) + RING_SUFFIX);
    }

    private static String stem(String name, String suffix) {
      return name.substring(0, name.length() - suffix.length());
    }
  }
}
