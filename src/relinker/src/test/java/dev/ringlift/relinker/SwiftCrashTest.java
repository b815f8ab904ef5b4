package dev.ringlift.relinker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringlift.testkit.process.LineProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The relinker is killed (SIGKILL) at random moments, again and again, through a whole increase,
 * while real Swift's object server code writes to the same device, with and without the link to the
 * next place. After the last run real Swift reads at the new power what clients were told: every
 * object, in its newest version, and none that was deleted; and no suffix hash is wrong. With
 * erasure coding some PUTs never come to be durable, and some fragments are durable as Swift had it
 * before.
 */
@Tag("swift")
class SwiftCrashTest {
  private static final int POWER = 5;
  private static final int WRITERS = 2;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;
  private final Path root;
  private int killed;

  SwiftCrashTest(@TempDir Path directory) {
    this.directory = directory;
    this.root = directory.resolve("node");
  }

  @ParameterizedTest
  @EnumSource(ObjectPolicy.Kind.class)
  void killedAFewTimesNothingIsLostAndNothingComesBack(ObjectPolicy.Kind kind) throws Exception {
    wholeIncrease(kind, 12);
  }

  @ParameterizedTest
  @EnumSource(ObjectPolicy.Kind.class)
  @Tag("full")
  void killedHundredsOfTimesNothingIsLostAndNothingComesBack(ObjectPolicy.Kind kind)
      throws Exception {
    wholeIncrease(kind, 220);
  }

  private void wholeIncrease(ObjectPolicy.Kind kind, int kills) throws Exception {
    boolean fragments = kind == ObjectPolicy.Kind.ERASURE_CODING;
    Random random = new Random(1);
    Files.createDirectories(root.resolve("d1/objects"));
    try (SwiftPython python = new SwiftPython(directory.resolve("python"))) {
      SwiftTree swift = new SwiftTree(python, directory.resolve("swift"), fragments ? "e" : "r");
      List<LineProcess> writers = new ArrayList<>();
      try {
        for (int seed = 1; seed <= WRITERS; seed++) {
          writers.add(swift.writers(root, seed, POWER));
        }
        writers.forEach(each -> each.ask("prepared"));
        killAgainAndAgain(kind, Step.RELINK, kills / 2, random);
        toItsEnd(kind, Step.RELINK);
        writers.forEach(each -> each.ask("increased"));
        killAgainAndAgain(kind, Step.CLEANUP, kills - kills / 2, random);
        toItsEnd(kind, Step.CLEANUP);
        for (LineProcess each : writers) {
          JsonNode account = JSON.readTree(each.ask("stop"));
          assertThat(account.path("told").size()).isGreaterThan(200);
          assertThat(swift.check(root, POWER + 1, account.path("told"))).isEmpty();
        }
      } finally {
        writers.forEach(LineProcess::close);
      }
      assertThat(killed).as("kills that met a process at work").isEqualTo(kills);
      assertThat(swift.wrongHashes(root)).as("hash left | true hash").isEmpty();
      assertThat(
              Inventory.of(root).stale("d1", ObjectPolicy.replication(0), POWER + 1, 0).isClean())
          .as("nothing is left at old places")
          .isTrue();
    }
  }

  private void killAgainAndAgain(ObjectPolicy.Kind kind, Step step, int kills, Random random)
      throws Exception {
    int wanted = killed + kills;
    for (int i = 0; killed < wanted && i < 2 * kills; i++) {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Runner.class.getName(),
                  root.toString(),
                  kind.name(),
                  step.name())
              .redirectErrorStream(true)
              .start();
      assertThat(process.inputReader().readLine()).isEqualTo("begun");
      if (!process.waitFor(random.nextInt(150), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
        killed++;
      }
    }
  }

  /** The last run, with the writers at work. */
  private void toItsEnd(ObjectPolicy.Kind kind, Step step) {
    DeviceProgress progress = DeviceTree.run(request(root, kind, step));
    assertThat(progress.result())
        .as("%s", progress.problems())
        .contains(new DeviceResult.Succeeded(false));
  }

  private static RelinkRequest.Builder request(Path root, ObjectPolicy.Kind kind, Step step) {
    int power = step == Step.RELINK ? POWER : POWER + 1;
    ObjectPolicy policy =
        kind == ObjectPolicy.Kind.ERASURE_CODING
            ? ObjectPolicy.erasureCoding(0, 3)
            : ObjectPolicy.replication(0);
    return RelinkRequest.builder(root, policy, step, power, POWER + 1).mountCheck(false);
  }

  /** The process that is killed. */
  static final class Runner {
    private Runner() {}

    public static void main(String[] arguments) throws InterruptedException, IOException {
      RelinkRequest request =
          request(
                  Path.of(arguments[0]),
                  ObjectPolicy.Kind.valueOf(arguments[1]),
                  Step.valueOf(arguments[2]))
              .build();
      // Slowly, so that the kills meet it at work.
      LiveSettings settings = new LiveSettings().filesPerSecond(200);
      try (RelinkRun run = Relinker.create().start(request, settings, Guard.NONE)) {
        System.out.println("begun");
        run.await();
      }
    }
  }
}
