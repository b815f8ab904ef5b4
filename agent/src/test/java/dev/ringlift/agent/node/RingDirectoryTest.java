package dev.ringlift.agent.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.agent.FakeClock;
import dev.ringlift.ring.RingFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RingDirectoryTest {
  @TempDir Path directory;
  private final FakeClock clock = new FakeClock();
  private final AtomicInteger reads = new AtomicInteger();
  private RingDirectory rings;

  @BeforeEach
  void setUp() {
    rings = fresh();
  }

  @Test
  void listsObjectRingsByPolicyAndNothingElse() throws IOException {
    for (String file :
        List.of(
            "object-10.ring.gz",
            "object-2.ring.gz",
            "object.ring.gz",
            "account.ring.gz",
            "container.ring.gz",
            "object-01.ring.gz",
            "object.ring.gz.tmp",
            "object.builder")) {
      Files.writeString(directory.resolve(file), "10");
    }

    assertThat(rings.all())
        .extracting(SeenRing::file)
        .containsExactly("object.ring.gz", "object-2.ring.gz", "object-10.ring.gz");
    assertThat(rings.ofPolicy(2)).map(SeenRing::policyIndex).contains(2);
    assertThat(rings.ofPolicy(1)).isEmpty();
  }

  @Test
  void readsAFileOnlyWhenItHasChanged() throws IOException {
    replace("10");
    rings.ofPolicy(0);
    rings.all();
    rings.ofPolicy(0);
    assertThat(reads).hasValue(1);

    replace("11");

    assertThat(rings.ofPolicy(0)).map(SeenRing::partPower).contains(11);
    assertThat(reads).hasValue(2);
  }

  @Test
  void seesAChangeThatKeepsSizeAndModificationTime() throws IOException {
    FileTime then = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
    replace("10");
    Files.setLastModifiedTime(directory.resolve("object.ring.gz"), then);
    String before = rings.ofPolicy(0).map(SeenRing::md5).orElseThrow();
    Path next = Files.writeString(directory.resolve("next"), "11");
    Files.setLastModifiedTime(next, then);
    Files.move(next, directory.resolve("object.ring.gz"), StandardCopyOption.REPLACE_EXISTING);

    assertThat(rings.ofPolicy(0)).map(SeenRing::md5).get().isNotEqualTo(before);
  }

  @Test
  void followsTheSwapOfAMountedConfigMap() throws IOException {
    Path first = Files.createDirectory(directory.resolve("..2026_1"));
    Path second = Files.createDirectory(directory.resolve("..2026_2"));
    Files.writeString(first.resolve("object.ring.gz"), "10");
    Files.writeString(second.resolve("object.ring.gz"), "11");
    Files.createSymbolicLink(directory.resolve("..data"), Path.of("..2026_1"));
    Files.createSymbolicLink(
        directory.resolve("object.ring.gz"), Path.of("..data", "object.ring.gz"));
    assertThat(rings.ofPolicy(0)).map(SeenRing::partPower).contains(10);

    Files.createSymbolicLink(directory.resolve("..data_tmp"), Path.of("..2026_2"));
    Files.move(
        directory.resolve("..data_tmp"),
        directory.resolve("..data"),
        StandardCopyOption.ATOMIC_MOVE);
    Files.delete(first.resolve("object.ring.gz"));

    assertThat(rings.ofPolicy(0)).map(SeenRing::partPower).contains(11);
  }

  @Test
  void saysWhatIsWrongWithARingButTellsItsMd5() throws IOException {
    replace("junk");

    SeenRing ring = rings.ofPolicy(0).orElseThrow();

    assertThat(ring.error()).isEqualTo("It is no ring.");
    assertThat(ring.partPower()).isNull();
    assertThat(ring.md5()).hasSize(32);
    assertThat(ring.atRest()).isFalse();
  }

  @Test
  void saysThatAFileCantBeReadWithTheSameWordsEachTime() throws IOException {
    Files.createDirectory(directory.resolve("object.ring.gz"));

    SeenRing ring = rings.ofPolicy(0).orElseThrow();
    clock.advance(Duration.ofDays(2));

    assertThat(ring.error()).isEqualTo("The file can't be read: not a regular file");
    assertThat(rings.ofPolicy(0)).contains(ring);
  }

  @Test
  void countsTheTimeFromTheFirstSightOfAContent() throws IOException {
    replace("10");
    Instant first = clock.instant();
    assertThat(rings.ofPolicy(0)).map(SeenRing::since).contains(first);

    clock.advance(Duration.ofMinutes(1));
    replace("10");
    assertThat(rings.ofPolicy(0)).map(SeenRing::since).contains(first);

    replace("11");
    assertThat(rings.ofPolicy(0)).map(SeenRing::since).contains(clock.instant());
  }

  @Test
  void keepsTheTimeOverARestartOnlyIfTheFileWasNotTouchedSince() throws IOException {
    replace("10");
    Instant future = Instant.now().plus(Duration.ofDays(1));
    Instant past = Instant.now().minus(Duration.ofDays(1));
    SeenRing seen = rings.ofPolicy(0).orElseThrow();

    assertThat(afterRestart(seen, future)).isEqualTo(future);
    assertThat(afterRestart(seen, past)).isEqualTo(clock.instant());
  }

  private Instant afterRestart(SeenRing seen, Instant reportedSince) {
    RingDirectory restarted = fresh();
    restarted.remember(
        List.of(
            new SeenRing(
                    seen.file(),
                    0,
                    seen.md5(),
                    null,
                    seen.partPower(),
                    null,
                    seen.modified(),
                    reportedSince,
                    null)
                .status()));
    return restarted.ofPolicy(0).map(SeenRing::since).orElseThrow();
  }

  private void replace(String content) throws IOException {
    Path next = Files.writeString(directory.resolve("next"), content);
    Files.move(next, directory.resolve("object.ring.gz"), StandardCopyOption.REPLACE_EXISTING);
  }

  /** Rings of these tests consist of their power. */
  private RingDirectory fresh() {
    return new RingDirectory(
        directory,
        file -> {
          reads.incrementAndGet();
          String text = new String(file, UTF_8);
          if (text.equals("junk")) {
            throw new RingFormatException("It is no ring.");
          }
          return new RingParser.Facts(null, Integer.parseInt(text), null);
        },
        clock);
  }
}
