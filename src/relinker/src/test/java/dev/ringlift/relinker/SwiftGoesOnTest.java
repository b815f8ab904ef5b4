package dev.ringlift.relinker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringlift.relinker.FaultyPosix.Faults;
import dev.ringlift.relinker.FaultyPosix.Kind;
import dev.ringlift.relinker.FaultyPosix.Mode;
import dev.ringlift.relinker.engine.LocalRelinker;
import dev.ringlift.testkit.Folders;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One relinker dies at some call, without another word, and the other goes on: Ringlift before any
 * of its system calls, real Swift before any link or removal. In the end all is as if Swift alone
 * had done it: paths, hard-link groups, attributes, state, exit code; and no suffix hash that is
 * left is wrong. Suffix hashes are there before, so that there are some to become wrong.
 */
@Tag("swift")
class SwiftGoesOnTest {
  private static final int POWER = 4;
  private static final int OBJECTS = 60;

  /** A hashes.pkl or a state file that the one who was killed had not put in place yet. */
  private static final Pattern HALF_WRITTEN =
      Pattern.compile("d1/([^:]*/)?(tmp\\w+|\\.hashes\\.pkl|\\.relink\\.[^:]*)\\.tmp: .*");

  private static final String STATE = "d1/relink.objects.json";

  private static SwiftPython python;

  private final Path directory;
  private final Logger logger = Logger.getLogger("dev.ringlift.relinker.engine.LocalRun");

  SwiftGoesOnTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeAll
  static void start(@TempDir Path scratch) {
    python = new SwiftPython(scratch);
  }

  @AfterAll
  static void stop() {
    python.close();
  }

  /** A device that dies is told as a bug with its stack. */
  @BeforeEach
  void muteSimulatedDeaths() {
    logger.setLevel(Level.OFF);
  }

  @AfterEach
  void unmute() {
    logger.setLevel(null);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"r, RELINK, 10", "r, CLEANUP, 10", "e, RELINK, 5", "e, CLEANUP, 5"})
  void eitherGoesOnWhereTheOtherWasKilled(String policies, Step step, int times) throws Exception {
    killed(policies, step, times);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"r, RELINK, 150", "r, CLEANUP, 150", "e, RELINK, 100", "e, CLEANUP, 100"})
  @Tag("full")
  void eitherGoesOnWhereverTheOtherWasKilled(String policies, Step step, int times)
      throws Exception {
    killed(policies, step, times);
  }

  private void killed(String policies, Step step, int times) throws Exception {
    SwiftTree swift = new SwiftTree(python, directory.resolve("swift"), policies);
    Path start = make(swift, policies, step);
    Path alone = directory.resolve("alone");
    swift.copyKeepingLinks(start, alone);
    int exit = relinker(swift, step, alone);
    Faults none = Faults.none("d1", Kind.ALL);
    Path work = work(swift, start);
    ringlift(swift, step, work, none);
    int calls = none.calls();
    int changes = swift.killed(step.swiftName(), work(swift, start), recon(), 0);

    Random random = new Random(5);
    for (int i = 0; i < times; i++) {
      int call = 1 + random.nextInt(calls);
      work(swift, start);
      ringlift(swift, step, work, new Faults("d1", Mode.CRASH, 0, Kind.ALL, call));
      assertThat(relinker(swift, step, work)).isEqualTo(exit);
      check(swift, "Ringlift killed before call %d of %d".formatted(call, calls), work, alone);

      int change = 1 + random.nextInt(changes);
      work(swift, start);
      swift.killed(step.swiftName(), work, recon(), change);
      ringlift(swift, step, work, Faults.none("d1", Kind.ALL));
      check(swift, "Swift killed before change %d of %d".formatted(change, changes), work, alone);
    }
  }

  private void check(SwiftTree swift, String what, Path work, Path alone) {
    JsonNode compared = swift.compare(work, alone, SwiftTree.NEVER);
    assertThat(compared.path("paths"))
        .as("%s: paths", what)
        .allMatch(difference -> HALF_WRITTEN.matcher(difference.asText()).matches());
    for (String each : List.of("hashes", "wrong")) {
      assertThat(compared.path(each)).as("%s: %s", what, each).isEmpty();
    }
    JsonNode states = compared.path("state");
    checkState(
        what,
        work,
        TwoCopies.comparableState(states, "ours", "theirs", true).path(STATE),
        TwoCopies.comparableState(states, "theirs", "ours", true).path(STATE));
  }

  /**
   * The same powers, and all done. Whoever goes on where no state was saved begins with the
   * partitions that are there then: with those that were linked into by then, and without those
   * that cleanup had removed.
   */
  private static void checkState(String what, Path work, JsonNode state, JsonNode alone) {
    for (String power : List.of("part_power", "next_part_power")) {
      assertThat(state.path(power)).as(what).isEqualTo(alone.path(power));
    }
    assertThat(state.path("state")).as(what).isNotEmpty().allMatch(JsonNode::asBoolean);
    alone
        .path("state")
        .fieldNames()
        .forEachRemaining(
            partition -> {
              if (!state.path("state").has(partition)) {
                assertThat(work.resolve("d1/objects/" + partition)).as(what).doesNotExist();
              }
            });
  }

  /** One device of objects with hashes, as the step finds it. */
  private Path make(SwiftTree swift, String policies, Step step) {
    swift.rings(POWER, "prepared");
    Path start = directory.resolve("start");
    swift.make(
        start,
        directory.resolve("twin"),
        7,
        POWER,
        Map.of("devices", 1, "objects", OBJECTS, "policies", policies, "new", 0.2, "suffixes", 8));
    swift.rehash(start);
    if (step == Step.CLEANUP) {
      relinker(swift, Step.RELINK, start);
      swift.rehash(start);
      swift.rings(POWER, "increased");
    }
    return start;
  }

  /** A fresh copy to work on. */
  private Path work(SwiftTree swift, Path start) throws Exception {
    Path work = directory.resolve("work");
    Folders.delete(work);
    swift.copyKeepingLinks(start, work);
    return work;
  }

  private int relinker(SwiftTree swift, Step step, Path root) {
    return swift.relinker(step.swiftName(), root, recon());
  }

  private Path recon() {
    return directory.resolve("recon");
  }

  private static void ringlift(SwiftTree swift, Step step, Path root, Faults faults)
      throws InterruptedException {
    int power = step == Step.RELINK ? POWER : POWER + 1;
    RelinkRequest request =
        RelinkRequest.builder(root, swift.policies().getFirst(), step, power, POWER + 1)
            .mountCheck(false)
            .build();
    Relinker relinker = new LocalRelinker(() -> new FaultyPosix(faults), Clock.systemUTC());
    try (RelinkRun run = relinker.start(request, new LiveSettings(), Guard.NONE)) {
      run.await();
    }
  }
}
