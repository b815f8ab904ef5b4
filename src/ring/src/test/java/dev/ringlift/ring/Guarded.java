package dev.ringlift.ring;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Reads files that may be anything, and holds what that does against what is promised: accepted, or
 * refused in one sentence; no other exception; bounded heap and time. Heap is measured by all that
 * is allocated on the way, garbage included, which is more than is ever live; time by what the
 * processor spends, so that a busy machine is no failure.
 */
final class Guarded {
  static final Duration TIME_LIMIT = Duration.ofSeconds(2);
  private static final long HEAP_LIMIT = 64L << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Guarded() {}

  /** Reads and, where accepted, goes on to everything that can be done with it. */
  interface Use {
    void of(byte[] file) throws RingFormatException;
  }

  /** The refusal, or nothing where the file was accepted. */
  static Optional<String> read(byte[] file, Use use) {
    long heapBefore = THREADS.getCurrentThreadAllocatedBytes();
    long start = THREADS.getCurrentThreadCpuTime();
    Optional<String> refusal = Optional.empty();
    try {
      use.of(file);
    } catch (RingFormatException e) {
      refusal = Optional.of(e.getMessage());
    }
    long heap = THREADS.getCurrentThreadAllocatedBytes() - heapBefore;
    Duration time = Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - start);
    assertThat(time).as("time").isLessThan(TIME_LIMIT);
    assertThat(heap).as("heap").isLessThan(HEAP_LIMIT + file.length);
    refusal.ifPresent(
        sentence ->
            assertThat(sentence).as("one sentence").matches("[A-Z][ -~]*\\.").hasSizeLessThan(300));
    return refusal;
  }

  static void useRing(byte[] file) throws RingFormatException {
    Ring ring = Ring.read(file);
    byte[] written = ring.toBytes();
    assertThat(Ring.read(written).toBytes()).isEqualTo(written);
    for (Transition transition : Transition.values()) {
      try {
        Ring.read(ring.after(transition).toBytes());
      } catch (TransitionRefusedException e) {
        assertThat(e.getMessage()).endsWith(".");
      }
    }
    assertThat(RingReport.of(ring, file.length).toJson()).startsWith("{");
  }

  static void useBuilder(byte[] file) throws RingFormatException {
    RingBuilder builder = RingBuilder.read(file);
    byte[] written = builder.toBytes();
    assertThat(RingBuilder.read(written).toBytes()).isEqualTo(written);
    Ring.read(builder.toRing(2).toBytes());
    for (Transition transition : Transition.values()) {
      try {
        RingBuilder after = builder.after(transition, Instant.EPOCH);
        RingBuilder.read(after.toBytes());
        assertThat(RingPair.difference(after.toRing(2), after)).isEmpty();
      } catch (TransitionRefusedException e) {
        assertThat(e.getMessage()).endsWith(".");
      }
    }
  }

  static void useArchive(byte[] file) throws RingFormatException {
    RingArchive archive = RingArchive.read(file);
    Optional<String> small =
        archive.names().stream()
            .filter(name -> archive.content(name).stream().anyMatch(c -> c.length < 1 << 20))
            .findFirst();
    RingArchive changed = archive;
    byte[] content = {1, 2, 3};
    if (small.isPresent()) {
      changed = archive.withBackup(small.get(), Instant.EPOCH).with(small.get(), content);
    }
    byte[] written = changed.toBytes();
    RingArchive again = RingArchive.read(written);
    assertThat(again.names()).isEqualTo(changed.names());
    assertThat(again.toBytes()).isEqualTo(written);
    small.ifPresent(name -> assertThat(again.content(name)).contains(content));
  }
}
