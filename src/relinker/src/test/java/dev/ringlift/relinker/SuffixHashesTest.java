package dev.ringlift.relinker;

import static dev.ringlift.relinker.DeviceTree.hash;
import static dev.ringlift.relinker.DeviceTree.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.relinker.engine.LocalRelinker;
import dev.ringlift.relinker.layout.HashesPickle;
import dev.ringlift.relinker.layout.SuffixHash;
import dev.ringlift.relinker.posix.Posix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What relink and cleanup leave in hashes.pkl and hashes.invalid. */
class SuffixHashesTest {
  private static final int POWER = 4;
  private static final String DATA = "1700000000.00000.data";
  private static final String TOMBSTONE = "1000000000.00000.ts";
  private static final String LOW = hash("10", "abc");
  private static final String HIGH = hash("f8", "abc");

  private final DeviceTree tree;

  SuffixHashesTest(@TempDir Path root) {
    tree = new DeviceTree(root);
  }

  /**
   * A stop must be obeyed within seconds, a partition may take minutes to hash: who asks next does
   * it.
   */
  @Test
  void whatIsNotHashedYetWhenTheRunIsStoppedStaysNotKnown() throws Exception {
    tree.write(LOW, POWER, DATA);
    run(tree.relink(POWER));
    int others = 300;
    for (int i = 0; i < others; i++) {
      tree.write(hash("10", "%03x".formatted(i)), POWER + 1, DATA);
    }
    Files.deleteIfExists(partition(2).resolve("hashes.pkl"));
    AtomicReference<RelinkRun> stopped = new AtomicReference<>();
    AtomicInteger unlinked = new AtomicInteger();
    AtomicInteger opened = new AtomicInteger();
    Relinker relinker =
        new LocalRelinker(
            () ->
                new Posix() {
                  @Override
                  public int unlink(int directory, long name) {
                    // The first removes the state of relinking, the second the old file.
                    if (unlinked.incrementAndGet() == 2) {
                      Objects.requireNonNull(stopped.get()).stop("enough");
                      opened.set(0);
                    }
                    return super.unlink(directory, name);
                  }

                  @Override
                  public int openDirectory(int directory, long name) {
                    opened.incrementAndGet();
                    return super.openDirectory(directory, name);
                  }
                },
            Clock.systemUTC());
    // Held back until the test knows the run that is to be stopped.
    LiveSettings settings = new LiveSettings();
    settings.paused(true);
    try (RelinkRun run = relinker.start(tree.cleanup(POWER + 1).build(), settings, Guard.NONE)) {
      stopped.set(run);
      settings.paused(false);
      run.await();
      assertThat(run.progress().getFirst().result().orElseThrow())
          .isInstanceOf(DeviceResult.Stopped.class);
    }

    assertThat(opened.get()).as("directories opened after the stop").isLessThan(10);
    assertThat(hashes(2).values()).as("what a reader may trust").hasSizeGreaterThan(others / 2);
    assertThat(hashes(2).get(1)).isEmpty();

    assertThat(hashes(2).get(0xabc)).as("what the run has seen itself").isPresent();

    assertThat(run(tree.cleanup(POWER + 1)).result()).contains(new DeviceResult.Succeeded(false));
    assertThat(tree.names(tree.device().resolve("objects"))).containsExactly("2");
  }

  @Test
  void aSuffixWhoseLastTombstoneIsReclaimedHasNoHash() throws Exception {
    tree.write(HIGH, POWER, TOMBSTONE);
    run(tree.relink(POWER));
    assertThat(hashes(31).get(0xabc)).isPresent();
    var reclaim = new RelinkRequest.Reclaim(Duration.ofDays(7), Duration.ofSeconds(60));

    DeviceProgress cleaned = run(tree.cleanup(POWER + 1).reclaim(reclaim));

    assertThat(cleaned.result()).contains(new DeviceResult.Succeeded(false));
    assertThat(tree.files()).isEmpty();
    assertThat(hashes(31)).isEmpty();
  }

  /** Only so much of it is read; the rest must not be taken for nothing. */
  @Test
  void moreInvalidationsThanAnybodyWritesMeanThatNothingIsKnown() throws Exception {
    String other = hash("f8", "123");
    tree.write(HIGH, POWER, DATA);
    tree.write(other, POWER, DATA);
    run(tree.relink(POWER));
    Files.delete(tree.hashDir(other, POWER).resolve(DATA));
    Files.delete(tree.hashDir(other, POWER));
    // Somebody replaces the object, and says so at the end of a file too long to be read.
    Files.move(
        tree.hashDir(other, POWER + 1).resolve(DATA),
        tree.hashDir(other, POWER + 1).resolve("1700000003.00000.data"));
    Files.writeString(partition(31).resolve("hashes.invalid"), "abc\n".repeat(2 << 20) + "123\n");
    Optional<SuffixHash> before = hashes(31).get(0x123);

    run(tree.cleanup(POWER + 1));

    assertThat(hashes(31).get(0x123)).isPresent().isNotEqualTo(before);
    assertThat(partition(31).resolve("hashes.invalid")).isEmptyFile();
  }

  private Path partition(int number) {
    return tree.device().resolve("objects/" + number);
  }

  private SortedMap<Integer, Optional<SuffixHash>> hashes(int partition) throws IOException {
    return HashesPickle.read(Files.readAllBytes(partition(partition).resolve("hashes.pkl")))
        .bySuffix();
  }
}
