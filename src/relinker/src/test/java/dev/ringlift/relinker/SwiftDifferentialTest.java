package dev.ringlift.relinker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Both relinkers on identical copies of one tree: afterwards the copies must be equal, and so must
 * what was counted.
 */
@Tag("swift")
class SwiftDifferentialTest {
  private static final int POWER = 4;

  private final Path directory;

  SwiftDifferentialTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void plainObjectsThroughTheWholeIncrease(long seed) throws Exception {
    wholeIncrease(seed, "{\"objects\": 120, \"plain\": true}");
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
  void everyKindOfFileSetThroughTheWholeIncrease(long seed) throws Exception {
    wholeIncrease(
        seed,
        "{\"objects\": 150, \"suffixes\": 40, \"new\": 0.4, \"collide\": 0.1, \"junk\": true, \"hashes\": true}");
  }

  @ParameterizedTest
  @ValueSource(longs = {31, 32, 33})
  void everyKindOfFileSetThroughACancel(long seed) throws Exception {
    Both both =
        new Both(
            seed,
            "{\"objects\": 150, \"suffixes\": 40, \"new\": 0.2, \"hashes\": true}",
            ObjectPolicy.replication(0));
    both.step(Step.RELINK, "prepared", POWER, POWER + 1);
    both.step(Step.CLEANUP, "cancelled", POWER, POWER);
  }

  @ParameterizedTest
  @ValueSource(longs = {41, 42, 43, 44})
  void erasureCodedFileSetsThroughTheWholeIncrease(long seed) throws Exception {
    wholeIncrease(
        seed,
        "{\"policies\": [\"e\"], \"objects\": 150, \"suffixes\": 40, \"new\": 0.4, \"hashes\": true, \"junk\": true}",
        ObjectPolicy.erasureCoding(0, 3));
  }

  @ParameterizedTest
  @ValueSource(longs = {51, 52})
  void clobberedCollisionsThroughTheWholeIncrease(long seed) throws Exception {
    // One file in each hash dir: with several, Swift leaves links that it made before the collision
    // in the quarantine.
    Both both =
        new Both(
            seed,
            "{\"objects\": 150, \"plain\": true, \"new\": 0.5, \"collide\": 0.7}",
            ObjectPolicy.replication(0));
    both.clobber = true;
    both.step(Step.RELINK, "prepared", POWER, POWER + 1);
    both.step(Step.CLEANUP, "increased", POWER + 1, POWER + 1);
  }

  @ParameterizedTest
  @ValueSource(longs = {61, 62})
  void whatOneBeganTheOtherEnds(long seed) throws Exception {
    Both both = new Both(seed, "{\"objects\": 150, \"plain\": true}", ObjectPolicy.replication(0));
    both.stepByTurns(Step.RELINK, "prepared", POWER, POWER + 1);
    both.stepByTurns(Step.CLEANUP, "increased", POWER + 1, POWER + 1);
  }

  private void wholeIncrease(long seed, String options) throws Exception {
    wholeIncrease(seed, options, ObjectPolicy.replication(0));
  }

  private void wholeIncrease(long seed, String options, ObjectPolicy policy) throws Exception {
    Both both = new Both(seed, options, policy);
    both.step(Step.RELINK, "prepared", POWER, POWER + 1);
    both.step(Step.CLEANUP, "increased", POWER + 1, POWER + 1);
  }

  /** Two copies of one tree, one for each relinker. */
  private final class Both {
    private final ObjectPolicy policy;
    private final SwiftTree swift;
    private boolean clobber;
    private final Path ours = directory.resolve("ours");
    private final Path theirs = directory.resolve("theirs");

    Both(long seed, String options, ObjectPolicy policy) {
      this.policy = policy;
      swift =
          new SwiftTree(
              directory.resolve("swift"),
              policy.kind() == ObjectPolicy.Kind.REPLICATION ? "r" : "e");
      swift.make(ours, seed, POWER, options);
      swift.copyKeepingLinks(ours, theirs);
    }

    void step(Step step, String stage, int power, int next) throws Exception {
      swift.rings(POWER, stage);
      Path recon = directory.resolve("recon");
      int exit =
          swift.relinker(
              step.swiftName(),
              theirs,
              recon,
              clobber ? new String[] {"--clobber-hardlink-collisions"} : new String[0]);
      List<DeviceProgress> progress = relink(ours, step, power, next, Set.of());
      Map<String, DeviceResult> results = new TreeMap<>();
      progress.forEach(each -> results.put(each.device(), each.result().orElseThrow()));
      boolean allSucceeded = results.values().stream().allMatch(DeviceResult::succeeded);
      JsonNode theirRecon =
          new ObjectMapper().readTree(Files.readString(recon.resolve("relinker.recon")));
      assertThat(counters(progress)).as("counters of %s", step).isEqualTo(counters(theirRecon));
      assertThat(allSucceeded ? 0 : 1).as("exit code of %s: %s", step, results).isEqualTo(exit);
      JsonNode asLeft = swift.describe(ours);
      assertThat(differences(asLeft, swift.describe(theirs), "paths", "state"))
          .as("%s: ours | theirs", step)
          .isEmpty();
      // Ringlift invalidates, or rehashes, more than Swift does, on purpose. So: no hash that it
      // leaves is wrong, and when real Swift
      // has brought both up to date, both are equal.
      JsonNode oursRehashed = rehashed(ours);
      assertThat(wrongHashes(asLeft, oursRehashed)).as("%s: hash left | true hash", step).isEmpty();
      assertThat(differences(oursRehashed, rehashed(theirs), "paths", "hashes"))
          .as("%s: ours | theirs, rehashed", step)
          .isEmpty();
    }

    /**
     * Half of the partitions by one, all the rest by the other; both ways about must come to the
     * same.
     */
    void stepByTurns(Step step, String stage, int power, int next) throws Exception {
      swift.rings(POWER, stage);
      Path recon = directory.resolve("recon");
      String[] half = {
        "-p", "1", "-p", "3", "-p", "5", "-p", "7", "-p", "9", "-p", "11", "-p", "13", "-p", "15"
      };
      swift.relinker(step.swiftName(), theirs, recon, half);
      relink(theirs, step, power, next, Set.of());
      relink(ours, step, power, next, Set.of(1L, 3L, 5L, 7L, 9L, 11L, 13L, 15L));
      assertThat(swift.relinker(step.swiftName(), ours, recon)).isZero();
      assertThat(differences(swift.describe(ours), swift.describe(theirs), "paths"))
          .as("%s: ours | theirs", step)
          .isEmpty();
      assertThat(differences(rehashed(ours), rehashed(theirs), "paths", "hashes"))
          .as("%s: ours | theirs, rehashed", step)
          .isEmpty();
    }

    private List<DeviceProgress> relink(
        Path root, Step step, int power, int next, Set<Long> partitions)
        throws InterruptedException {
      RelinkRequest request =
          RelinkRequest.builder(root, policy, step, power, next)
              .mountCheck(false)
              .partitions(partitions)
              .clobberHardlinkCollisions(clobber)
              .build();
      try (RelinkRun run = Relinker.create().start(request, new LiveSettings(), Guard.NONE)) {
        run.await();
        return run.progress();
      }
    }

    private JsonNode rehashed(Path root) {
      Path copy = directory.resolve(root.getFileName() + "-rehashed-" + System.nanoTime());
      swift.copyKeepingLinks(root, copy);
      swift.rehash(copy);
      return swift.describe(copy);
    }

    private Map<String, Counters> counters(List<DeviceProgress> progress) {
      Map<String, Counters> counters = new TreeMap<>();
      progress.forEach(each -> counters.put(each.device(), each.counters()));
      return counters;
    }

    private Map<String, Counters> counters(JsonNode recon) {
      Map<String, Counters> counters = new TreeMap<>();
      recon
          .path("devices")
          .properties()
          .forEach(
              entry -> {
                JsonNode stats = entry.getValue().path("stats");
                counters.put(
                    entry.getKey(),
                    new Counters(
                        stats.path("hash_dirs").asLong(),
                        stats.path("files").asLong(),
                        stats.path("linked").asLong(),
                        stats.path("removed").asLong(),
                        stats.path("errors").asLong()));
              });
      return counters;
    }
  }

  /** Hashes that are there and are not what real Swift computes. */
  private static List<String> wrongHashes(JsonNode left, JsonNode truth) {
    List<String> wrong = new ArrayList<>();
    entries(left.path("hashes"))
        .forEach(
            (partition, hashes) ->
                entries(hashes)
                    .forEach(
                        (suffix, hash) -> {
                          JsonNode right = truth.path("hashes").path(partition).path(suffix);
                          if ((hash.isTextual() || hash.isObject()) && !hash.equals(right)) {
                            wrong.add(partition + " " + suffix + ": " + hash + " | " + right);
                          }
                        }));
    return wrong;
  }

  private static List<String> differences(JsonNode ours, JsonNode theirs, String... parts) {
    List<String> differences = new ArrayList<>();
    for (String part : parts) {
      Map<String, JsonNode> left = entries(ours.path(part));
      Map<String, JsonNode> right = entries(theirs.path(part));
      left.forEach(
          (key, value) -> {
            if (!value.equals(right.get(key))) {
              differences.add(part + " " + key + ": " + value + " | " + right.get(key));
            }
          });
      right.forEach(
          (key, value) -> {
            if (!left.containsKey(key)) {
              differences.add(part + " " + key + ": nothing | " + value);
            }
          });
    }
    return differences;
  }

  private static Map<String, JsonNode> entries(JsonNode object) {
    Map<String, JsonNode> entries = new TreeMap<>();
    object.properties().forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
    return entries;
  }
}
