package dev.ringlift.relinker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a relinker at random moments (SIGKILL), again and again, and lets it come to its end. */
@Tag("full")
class CrashTest {
  private static final int POWER = 5;
  private static final int OBJECTS = 3000;
  private static final int KILLS = 20;

  private final DeviceTree tree;

  CrashTest(@TempDir Path root) {
    tree = new DeviceTree(root);
  }

  @Test
  void killedAtAnyMomentNothingIsLostAndNothingIsLeft() throws Exception {
    Random random = new Random(1);
    Map<String, Object> inodes = new HashMap<>();
    for (int i = 0; i < OBJECTS; i++) {
      String hash =
          "%08x%021x%03x"
              .formatted(random.nextInt(), random.nextLong() >>> 1, random.nextInt(4096));
      Path file = tree.write(hash, POWER, "1700000000.00000.data");
      inodes.put(hash, java.nio.file.Files.getAttribute(file, "unix:ino"));
    }

    int killed = killAgainAndAgain(Step.RELINK, POWER, POWER + 1, random);
    assertThat(DeviceTree.run(tree.relink(POWER)).result())
        .contains(new DeviceResult.Succeeded(false));
    killed += killAgainAndAgain(Step.CLEANUP, POWER + 1, POWER + 1, random);
    assertThat(DeviceTree.run(tree.cleanup(POWER + 1)).result())
        .contains(new DeviceResult.Succeeded(false));

    assertThat(killed).as("kills that met a process at work").isPositive();
    Map<String, Object> expected = new HashMap<>();
    inodes.forEach(
        (hash, inode) ->
            expected.put(
                DeviceTree.partition(hash, POWER + 1)
                    + "/"
                    + hash.substring(29)
                    + "/"
                    + hash
                    + "/1700000000.00000.data",
                inode));
    assertThat(tree.files()).isEqualTo(expected);
  }

  /** How many of the processes were killed before they had ended by themselves. */
  private int killAgainAndAgain(Step step, int power, int next, Random random) throws Exception {
    int killed = 0;
    for (int i = 0; i < KILLS; i++) {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Runner.class.getName(),
                  tree.root().toString(),
                  step.name(),
                  Integer.toString(power),
                  Integer.toString(next))
              .redirectErrorStream(true)
              .start();
      assertThat(process.inputReader().readLine()).isEqualTo("begun");
      if (!process.waitFor(random.nextInt(120), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
        killed++;
      }
    }
    return killed;
  }

  /** The process that is killed. */
  static final class Runner {
    private Runner() {}

    public static void main(String[] arguments) throws InterruptedException {
      RelinkRequest request =
          RelinkRequest.builder(
                  Path.of(arguments[0]),
                  ObjectPolicy.replication(0),
                  Step.valueOf(arguments[1]),
                  Integer.parseInt(arguments[2]),
                  Integer.parseInt(arguments[3]))
              .mountCheck(false)
              .build();
      // Slowly, so that the kills meet it at work.
      LiveSettings settings = new LiveSettings().filesPerSecond(8000);
      try (RelinkRun run = Relinker.create().start(request, settings, Guard.NONE)) {
        System.out.println("begun");
        run.await();
      }
    }
  }
}
