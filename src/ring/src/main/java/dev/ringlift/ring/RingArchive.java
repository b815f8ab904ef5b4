package dev.ringlift.ring;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * {@code swiftrings.tar.gz}: the tar in which swift-operator
 * (openstack-k8s-operators/swift-operator, {@code templates/swiftring/bin/swift-ring-tool}, July
 * 2026) keeps builders, rings and {@code backups/}. Immutable.
 *
 * <p>A tar of our own making would do for the Job that unpacks it, but not for who looks after it:
 * so a member that is not changed stays byte for byte as it is, headers, order and all, and one
 * that is changed keeps its headers but for the size. That, and refusing what libraries are lenient
 * with ({@link TarReader}), is why no library reads it here.
 */
public final class RingArchive {
  /**
   * What it may inflate to. A ConfigMap's 1 MiB holds rings and builders, which shrink to a third,
   * and small ones by the hundred, which repeat each other.
   */
  private static final long CONTENT_LIMIT = 24L << 20;

  /** What tar fills its output up to a multiple of. */
  private static final int RECORD = 20 * TarHeader.BLOCK;

  private static final String BACKUPS = "backups/";
  private static final Pattern BACKUP = Pattern.compile(BACKUPS + "([0-9]{1,18})\\.[^/]+");

  private final List<TarMember> members;

  private RingArchive(List<TarMember> members) {
    this.members = List.copyOf(members);
  }

  /**
   * Reads an archive.
   *
   * @param gzipped the whole file
   * @throws RingFormatException if it is anything but a whole tar of files and folders that every
   *     program unpacks alike, into the folder where it is unpacked
   */
  public static RingArchive read(byte[] gzipped) throws RingFormatException {
    return new RingArchive(TarReader.read(inflated(gzipped)));
  }

  /** Inflates twice, first to learn how much it is: so that no more is held than need be. */
  private static byte[] inflated(byte[] gzipped) throws RingFormatException {
    long limit = CONTENT_LIMIT + gzipped.length;
    try (RingInput measure = new RingInput(gzipped, "tar of rings")) {
      byte[] buffer = new byte[1 << 16];
      while (measure.read(buffer, 0, buffer.length) >= 0) {
        if (measure.position() > limit) {
          throw new RingFormatException(
              "It inflates to far more than a tar of rings of its size can hold.");
        }
      }
      measure.finish();
      try (RingInput in = new RingInput(gzipped, "tar of rings")) {
        return in.exactly(Math.toIntExact(measure.position())).array();
      }
    } catch (RingInput.BrokenRing e) {
      throw e.reason();
    } catch (IOException e) {
      throw new RingFormatException("It could not be read.", e);
    }
  }

  /** Where each member is unpacked to, in the archive's order. */
  public List<String> names() {
    return members.stream().map(TarMember::name).toList();
  }

  /** A file's content; empty where there is no such file. */
  public Optional<byte[]> content(String name) {
    return file(name).map(TarMember::content);
  }

  /**
   * Replaces a file's content; name, mode, owner, time and place stay.
   *
   * @throws IllegalArgumentException if there is no such file
   */
  public RingArchive with(String name, byte[] content) {
    TarMember changed = required(name).with(content);
    return new RingArchive(
        members.stream().map(member -> member.name().equals(name) ? changed : member).toList());
  }

  /**
   * Adds a copy of a file as {@code backups/<seconds>.<name>}, where swift-ring-builder keeps
   * copies; with the next second that is free, where that one is not.
   *
   * @throws IllegalArgumentException if there is no such file
   */
  public RingArchive withBackup(String name, Instant now) {
    TarMember original = required(name);
    Set<String> taken = new HashSet<>(names());
    long second = now.getEpochSecond();
    while (taken.contains(backupName(second, name))) {
      second++;
    }
    String copy = backupName(second, name);
    return new RingArchive(
        Stream.concat(members.stream(), Stream.of(original.copy(copy))).toList());
  }

  private static String backupName(long second, String name) {
    return BACKUPS + second + "." + name;
  }

  /** How many files of {@code backups/} there are. */
  public int backups() {
    return (int) oldestFirst().count();
  }

  /** Drops so many files of {@code backups/}, the oldest first, by the time in their names. */
  public RingArchive withoutOldestBackups(int count) {
    Set<String> dropped =
        oldestFirst().limit(count).map(TarMember::name).collect(Collectors.toSet());
    return new RingArchive(
        members.stream()
            .filter(member -> !member.isFile() || !dropped.contains(member.name()))
            .toList());
  }

  private Stream<TarMember> oldestFirst() {
    return members.stream()
        .filter(member -> member.isFile() && BACKUP.matcher(member.name()).matches())
        .sorted(Comparator.comparingLong(RingArchive::second).thenComparing(TarMember::name));
  }

  private static long second(TarMember backup) {
    Matcher matcher = BACKUP.matcher(backup.name());
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
  }

  /** The file: the same bytes for the same members, always. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);
    try (OutputStream out = new GZIPOutputStream(bytes, 1 << 16)) {
      long length = 0;
      for (TarMember member : members) {
        member.writeTo(out);
        length += member.length();
      }
      long whole = Math.ceilDiv(length + 2 * TarHeader.BLOCK, RECORD) * RECORD;
      out.write(new byte[(int) (whole - length)]);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  private Optional<TarMember> file(String name) {
    return members.stream()
        .filter(member -> member.isFile() && member.name().equals(name))
        .findFirst();
  }

  private TarMember required(String name) {
    return file(name)
        .orElseThrow(() -> new IllegalArgumentException("There is no file " + name + " in it."));
  }
}
