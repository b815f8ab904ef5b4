package dev.ringlift.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random rings and builders made by real Swift go through all transitions in both; after each, the
 * builder's dict and the loaded ring are equal field by field.
 */
@Tag("swift")
class TransitionsAgainstSwiftTest {
  private static final int RINGS = Integer.getInteger("ringlift.rings", 300);

  /** Up to this power all transitions are tried at each step. */
  private static final int SMALL = 8;

  /** Up to this power Swift rebalances the result, which takes it seconds above. */
  private static final int REBALANCED = 9;

  private static final List<Transition> WHOLE_INCREASE =
      List.of(Transition.PREPARE, Transition.INCREASE, Transition.FINISH);
  private static final List<Transition> CANCELLED =
      List.of(Transition.PREPARE, Transition.CANCEL, Transition.FINISH);

  private static SwiftJudge swift;

  @BeforeAll
  static void startSwift() throws IOException {
    swift = new SwiftJudge();
  }

  @AfterAll
  static void stopSwift() throws IOException {
    swift.close();
  }

  @Test
  void everyTransitionEqualsSwifts(@TempDir Path directory) throws Exception {
    for (int seed = 0; seed < RINGS; seed++) {
      String made = swift.ask("make", seed, directory);
      try {
        assertReadsProtocol(seed % 6, directory);
        goThrough(directory, seed % 4 == 3 ? CANCELLED : WHOLE_INCREASE);
      } catch (AssertionError | RingFormatException e) {
        throw new AssertionError("seed " + seed + " (" + made + "): " + e.getMessage(), e);
      }
    }
  }

  private static void assertReadsProtocol(int protocol, Path directory) throws Exception {
    Path original = directory.resolve("object.builder");
    Path repickled = directory.resolve("repickled-object.builder");
    swift.ask("repickle", original, protocol, repickled);
    assertThat(RingBuilder.read(Files.readAllBytes(repickled)).toBytes())
        .as("protocol %s", protocol)
        .isEqualTo(RingBuilder.read(Files.readAllBytes(original)).toBytes());
  }

  private static void goThrough(Path directory, List<Transition> transitions) throws Exception {
    Path ourBuilder = directory.resolve("ours-object.builder");
    Path ourRing = directory.resolve("ours.ring.gz");
    Path swiftBuilder = directory.resolve("object.builder");
    Path swiftRing = directory.resolve("object.ring.gz");
    RingBuilder builder = RingBuilder.read(Files.readAllBytes(swiftBuilder));
    Ring ring = Ring.read(Files.readAllBytes(swiftRing));
    assertThat(RingPair.difference(ring, builder)).isEmpty();
    Files.write(ourBuilder, builder.toBytes());
    Files.write(ourRing, ring.toBytes());
    swift.ask("compare", ourBuilder, swiftBuilder);
    swift.ask("compare_ring", ourRing, swiftRing);
    Instant now = Instant.now().plusSeconds(3 * 3600);
    for (Transition transition : transitions) {
      if (builder.partPower() <= SMALL) {
        assertRefusesWhatSwiftRefuses(builder, directory, now, ring.formatVersion());
      }
      assertThat(step(transition, swiftBuilder, now, swiftRing, ring.formatVersion()))
          .isEqualTo("done");
      builder = builder.after(transition, now);
      ring = ring.after(transition);
      Files.write(ourBuilder, builder.toBytes());
      swift.ask("compare", ourBuilder, swiftBuilder);
      Files.write(ourRing, builder.toRing(ring.formatVersion()).toBytes());
      swift.ask("compare_ring", ourRing, swiftRing);
      Files.write(ourRing, ring.toBytes());
      swift.ask("compare_ring", ourRing, swiftRing);
      assertThat(RingPair.difference(ring, builder)).isEmpty();
    }
    if (builder.partPower() > REBALANCED) {
      return;
    }
    swift.ask("rebalance", ourBuilder, ourRing, ring.formatVersion());
    assertThat(
            RingPair.difference(
                Ring.read(Files.readAllBytes(ourRing)),
                RingBuilder.read(Files.readAllBytes(ourBuilder))))
        .isEmpty();
  }

  private static void assertRefusesWhatSwiftRefuses(
      RingBuilder builder, Path directory, Instant now, int formatVersion) throws Exception {
    Path copy = directory.resolve("copy-object.builder");
    Path ring = directory.resolve("copy.ring.gz");
    Files.write(copy, builder.toBytes());
    int refusals = 0;
    for (Transition transition : Transition.values()) {
      boolean refused = step(transition, copy, now, ring, formatVersion).equals("refused");
      if (refused) {
        refusals++;
        assertThatThrownBy(() -> builder.after(transition, now))
            .isInstanceOf(TransitionRefusedException.class);
      } else {
        builder.after(transition, now);
        Files.write(copy, builder.toBytes());
      }
    }
    assertThat(refusals).isBetween(2, 3);
  }

  private static String step(
      Transition transition, Path builder, Instant now, Path ring, int formatVersion) {
    return swift.ask("step", transition, builder, now.getEpochSecond(), ring, formatVersion);
  }
}
