package dev.ringlift.ring;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/**
 * Files with random damage. Damage to a compressed file is mostly found by its checksum, so rings
 * are also damaged before compression.
 */
class FuzzTest {
  private static final int FILES = Integer.getInteger("ringlift.fuzz", 10_000);
  private static final long SEED = 20260101;

  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);

  @Test
  void damagedBuildersAreReadOrRefused() throws Exception {
    List<byte[]> originals = new ArrayList<>();
    for (RingBuilder builder : builders()) {
      originals.add(builder.toBytes());
    }
    fuzz(FILES / 2, originals, Guarded::useBuilder);
  }

  @Test
  void damagedRingsAreReadOrRefused() throws Exception {
    List<byte[]> originals = new ArrayList<>();
    for (RingBuilder builder : builders()) {
      originals.add(builder.toRing(1).toBytes());
      originals.add(builder.toRing(2).toBytes());
    }
    fuzz(FILES / 4, originals, Guarded::useRing);
  }

  @Test
  void damagedContentOfRingsIsReadOrRefused() throws Exception {
    List<byte[]> originals = new ArrayList<>();
    for (RingBuilder builder : builders()) {
      originals.add(inflated(builder.toRing(1).toBytes()));
    }
    fuzz(FILES / 4, originals, content -> Guarded.useRing(compressed(content)));
  }

  @Test
  void damagedArchivesAreReadOrRefused() throws Exception {
    fuzz(FILES / 4, archives().stream().map(Tars::gzip).toList(), Guarded::useArchive);
  }

  @Test
  void damagedContentOfArchivesIsReadOrRefused() throws Exception {
    fuzz(FILES / 4, archives(), tar -> Guarded.useArchive(Tars.gzip(tar)));
  }

  /** Half of the archives have headers whose checksum is right although they are damaged. */
  @Test
  void wellSealedArchivesAreReadOrRefused() throws Exception {
    fuzz(FILES / 2, archives(), tar -> Guarded.useArchive(Tars.gzip(resealed(tar))));
  }

  private static List<byte[]> archives() throws TransitionRefusedException {
    RingBuilder builder = Clusters.builder(3, 2.5, 3);
    byte[] ring = builder.toRing(1).toBytes();
    Tars plain = new Tars().file("object.builder", builder.toBytes()).file("object.ring.gz", ring);
    Tars rich =
        new Tars()
            .add('5', "backups/", new byte[0])
            .records("mtime=1.5", "path=object.builder")
            .file("x", "builder")
            .add('L', "././@LongLink", "object.ring.gz".getBytes(US_ASCII))
            .file("y", ring)
            .file("backups/1700000000.object.builder", "old");
    return List.of(plain.ended(), rich.ended());
  }

  /** Gives each block that looks like a header the checksum of what is in it now. */
  private static byte[] resealed(byte[] tar) {
    for (int start = 0; start + 512 <= tar.length; start += 512) {
      if (new String(tar, start + 257, 5, US_ASCII).equals("ustar")) {
        byte[] header = Tars.sealed(Arrays.copyOfRange(tar, start, start + 512));
        System.arraycopy(header, 0, tar, start, 512);
      }
    }
    return tar;
  }

  private static List<RingBuilder> builders() throws TransitionRefusedException {
    RingBuilder plain = Clusters.builder(5, 2.5, 7);
    return List.of(
        plain,
        Clusters.builder(1, 1, 1),
        plain.after(Transition.PREPARE, Instant.EPOCH),
        plain
            .after(Transition.PREPARE, Instant.EPOCH)
            .after(Transition.INCREASE, Instant.ofEpochSecond(1_800_000_000)));
  }

  private void fuzz(int files, List<byte[]> originals, Guarded.Use use) {
    int refused = 0;
    for (int i = 0; i < files; i++) {
      byte[] file = damaged(originals.get(i % originals.size()), originals);
      try {
        refused += Guarded.read(file, use).isPresent() ? 1 : 0;
      } catch (AssertionError | RuntimeException | StackOverflowError e) {
        throw new AssertionError("file %d of seed %d: %s".formatted(i, SEED, e), e);
      }
    }
    assertThat(refused).as("some damage matters").isGreaterThan(files / 10);
  }

  private byte[] damaged(byte[] original, List<byte[]> others) {
    byte[] file = original.clone();
    for (int damages = 1 + random.nextInt(3); damages > 0; damages--) {
      file = damagedOnce(file, others.get(random.nextInt(others.size())));
    }
    return file;
  }

  private byte[] damagedOnce(byte[] file, byte[] other) {
    if (file.length == 0) {
      return other.clone();
    }
    int at = random.nextInt(file.length);
    int length = 1 + random.nextInt(Math.min(40, file.length - at));
    return switch (random.nextInt(7)) {
      case 0 -> Arrays.copyOf(file, at);
      case 1 -> joined(Arrays.copyOf(file, at), Arrays.copyOfRange(file, at + length, file.length));
      case 2 -> joined(Arrays.copyOf(file, at + length), Arrays.copyOfRange(file, at, file.length));
      case 3 -> {
        int from = random.nextInt(other.length);
        byte[] piece =
            Arrays.copyOfRange(other, from, Math.min(other.length, from + 1 + random.nextInt(60)));
        yield joined(
            joined(Arrays.copyOf(file, at), piece), Arrays.copyOfRange(file, at, file.length));
      }
      case 4 -> {
        file[at] ^= (byte) (1 << random.nextInt(8));
        yield file;
      }
      case 5 -> {
        file[at] = (byte) new int[] {0, 1, 0x7F, 0x80, 0xFF}[random.nextInt(5)];
        yield file;
      }
      default -> {
        file[at] = (byte) random.nextInt(256);
        yield file;
      }
    };
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static byte[] inflated(byte[] file) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(file))) {
      in.skipNBytes(6);
      return in.readAllBytes();
    }
  }

  private static byte[] compressed(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (RingOutput out = new RingOutput(bytes, "object.ring", 1)) {
      out.write(content, 0, content.length);
      out.finish();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
