package dev.ringlift.relinker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringlift.testkit.Folders;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;

/**
 * Two copies of one tree, one for each relinker. After each step all must be equal: paths,
 * hard-link groups, modes, attributes, the state files, what recon says, the exit code; and the
 * suffix hashes as real Swift takes them.
 */
final class TwoCopies {
  /** When swift_trees.py lets its objects be written. */
  private static final long NOW = 1_700_000_000;

  /** Between the ages that its objects have. */
  private static final long RECLAIM_AGE_THEN = 1000;

  /**
   * What both are told beside the step.
   *
   * @param partitions only these, empty for all
   * @param devices only these, empty for all
   */
  record Options(
      boolean clobber, boolean reclaim, boolean stale, Set<Long> partitions, Set<String> devices) {
    static final Options NONE = new Options(false, false, false, Set.of(), Set.of());

    Options only(Set<Long> somePartitions, Set<String> someDevices) {
      return new Options(clobber, reclaim, stale, somePartitions, someDevices);
    }
  }

  private record Outcome(int exit, JsonNode recon) {}

  private final SwiftTree swift;
  private final Path directory;
  private final Path ours;
  private final Path theirs;
  private boolean hasEmptyHashDirs;
  private boolean churned;
  private boolean mayHaveOddFragments;
  private long oldPartitions;
  private final long reclaimAge = Instant.now().getEpochSecond() - NOW + RECLAIM_AGE_THEN;

  TwoCopies(SwiftTree swift, Path directory) throws IOException {
    this.swift = swift;
    this.directory = directory;
    ours = directory.resolve("ours");
    theirs = directory.resolve("theirs");
    Folders.delete(directory);
    Files.createDirectories(directory.resolve("our-recon"));
  }

  void make(long seed, int power, List<ObjectPolicy> policies, Map<String, Object> options) {
    swift.make(ours, theirs, seed, power, options);
    oldPartitions = 1L << power;
    mayHaveOddFragments =
        Boolean.TRUE.equals(options.get("junk"))
            && policies.stream().anyMatch(each -> each.kind() == ObjectPolicy.Kind.ERASURE_CODING);
  }

  /** The step by each on its copy; the powers are those of the rings that SwiftTree was told of. */
  void step(Step step, int power, int next, Options options) throws Exception {
    Outcome theirOutcome = bySwift(theirs, step, options);
    Outcome ourOutcome = byRinglift(ours, step, power, next, options);
    check(step, ourOutcome, theirOutcome, options, false, false);
  }

  /** Some of a step, by each on its copy. */
  void some(Step step, int power, int next, Options options) throws Exception {
    Outcome theirOutcome = bySwift(theirs, step, options);
    Outcome ourOutcome = byRinglift(ours, step, power, next, options);
    SoftAssertions softly = new SoftAssertions();
    checkOutcome(softly, step, ourOutcome, theirOutcome, false);
    softly.assertAll();
  }

  /** The rest of it: by the same as before, or each goes on with what the other began. */
  void rest(Step step, int power, int next, Options options, boolean changeSides) throws Exception {
    Outcome theirOutcome = bySwift(changeSides ? ours : theirs, step, options);
    Outcome ourOutcome = byRinglift(changeSides ? theirs : ours, step, power, next, options);
    check(step, ourOutcome, theirOutcome, options, true, changeSides);
  }

  /** Object servers write to both. */
  void churn(long seed, int power, int writes) {
    churned = true;
    swift.churn(List.of(ours, theirs), seed, power, writes);
  }

  private void check(
      Step step,
      Outcome ourOutcome,
      Outcome theirOutcome,
      Options options,
      boolean goneOn,
      boolean swiftEndedOurs) {
    SoftAssertions softly = new SoftAssertions();
    // A cleanup that goes on keeps to the partitions of the old power; Swift forgets that power,
    // and has those made since in its state too, where nothing is to be done.
    checkOutcome(softly, step, ourOutcome, theirOutcome, goneOn && step == Step.CLEANUP);
    JsonNode compared =
        swift.compare(ours, theirs, options.reclaim() ? reclaimAge : SwiftTree.NEVER);
    JsonNode states = compared.path("state");
    softly
        .assertThat(comparableState(states, "ours", "theirs", goneOn))
        .as("state")
        .isEqualTo(comparableState(states, "theirs", "ours", goneOn));
    softly.assertThat(texts(compared.path("paths"))).as("paths: ours | theirs").isEmpty();
    softly.assertThat(texts(compared.path("hashes"))).as("true hashes: ours | theirs").isEmpty();
    // Before cleanup the hashes of a new partition don't know of writes that came by the old one,
    // and after Swift's cleanup neither; and what is reclaimed later was rightly hashed before.
    if (!options.reclaim() && (!churned || (step == Step.CLEANUP && !swiftEndedOurs))) {
      List<String> wrong = texts(compared.path("wrong"));
      if (step == Step.RELINK && mayHaveOddFragments) {
        // A fragment that the policy has not supersedes others for the relinkers, but not for the
        // suffix hash. Cleanup comes by these partitions, and hashes them again.
        wrong.removeIf(each -> partition(each) < oldPartitions);
      }
      softly.assertThat(wrong).as("hashes left | true").isEmpty();
    }
    softly.assertAll();
  }

  /** The partition in "device/datadir/partition suffix: …". */
  private static long partition(String difference) {
    String path = difference.substring(0, difference.indexOf(' '));
    return Long.parseLong(path.substring(path.lastIndexOf('/') + 1));
  }

  private void checkOutcome(
      SoftAssertions softly,
      Step step,
      Outcome ourOutcome,
      Outcome theirOutcome,
      boolean swiftCountsMore) {
    Set<String> left = new HashSet<>();
    if (swiftCountsMore) {
      left.addAll(List.of("parts_done", "total_parts"));
    }
    if (step == Step.CLEANUP && hasEmptyHashDirs) {
      // Which of the two comes by first, the walk or a hash pass that removes it.
      left.add("hash_dirs");
    }
    softly.assertThat(ourOutcome.exit()).as("exit code").isEqualTo(theirOutcome.exit());
    softly
        .assertThat(comparable(ourOutcome.recon(), left))
        .as("recon: ours, and Swift's as expected")
        .isEqualTo(comparable(theirOutcome.recon(), left));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(each -> texts.add(each.asText()));
    return texts;
  }

  private Outcome bySwift(Path root, Step step, Options options) {
    List<String> more = new ArrayList<>();
    if (options.clobber()) {
      more.add("--clobber-hardlink-collisions");
    }
    options.partitions().forEach(each -> more.addAll(List.of("-p", Long.toString(each))));
    options.devices().forEach(each -> more.addAll(List.of("--device", each)));
    Path recon = directory.resolve("their-recon");
    long age = options.reclaim() ? reclaimAge : SwiftTree.NEVER;
    int exit = swift.relinker(age, step.swiftName(), root, recon, more);
    return new Outcome(exit, SwiftTree.recon(recon).path("devices"));
  }

  private Outcome byRinglift(Path root, Step step, int power, int next, Options options)
      throws InterruptedException, IOException {
    hasEmptyHashDirs |= hasEmptyHashDirs(root);
    Path directoryOfRecon = directory.resolve("our-recon");
    ReconFile recon = ReconFile.in(directoryOfRecon);
    assertThat(recon.reset()).isEmpty();
    boolean done = true;
    for (ObjectPolicy policy : swift.policies()) {
      RelinkRequest.Builder request =
          RelinkRequest.builder(root, policy, step, power, next)
              .mountCheck(false)
              .partitions(options.partitions())
              .devices(options.devices())
              .refuseStale(!options.stale())
              .clobberHardlinkCollisions(options.clobber());
      if (options.reclaim()) {
        request.reclaim(
            new RelinkRequest.Reclaim(Duration.ofSeconds(reclaimAge), Duration.ofSeconds(60)));
      }
      RelinkRequest built = request.build();
      try (RelinkRun run = Relinker.create().start(built, new LiveSettings(), Guard.NONE)) {
        boolean succeeded = run.await().values().stream().allMatch(DeviceResult::succeeded);
        assertThat(recon.finish(built, run, succeeded ? 0 : 1)).isEmpty();
        done &= succeeded;
      }
    }
    return new Outcome(done ? 0 : 1, SwiftTree.recon(directoryOfRecon).path("devices"));
  }

  /** Device, data dir, partition, suffix, hash dir. */
  private static boolean hasEmptyHashDirs(Path root) throws IOException {
    try (Stream<Path> walk = Files.walk(root, 5)) {
      return walk.filter(path -> path.getNameCount() - root.getNameCount() == 5)
          .anyMatch(path -> isEmptyDirectory(path.toFile()));
    }
  }

  private static boolean isEmptyDirectory(File path) {
    String[] names = path.list();
    return names != null && names.length == 0;
  }

  /** What recon says that both must say, less these figures. */
  private static JsonNode comparable(JsonNode devices, Set<String> leftOut) {
    JsonNode copy = devices.deepCopy();
    for (JsonNode device : copy) {
      JsonNode policies = device.path("policies");
      List<JsonNode> parts = new ArrayList<>(List.of(device));
      policies.forEach(parts::add);
      for (JsonNode part : parts) {
        ObjectNode object = (ObjectNode) part;
        if (object.path("stats").has("unlistable_partitions")) {
          // Swift leaves the device before it has said more.
          object.retain("stats", "policies");
        }
        for (String time : List.of("start_time", "timestamp", "total_time")) {
          if (object.has(time)) {
            // Times are not equal in two runs; that they are told must be.
            object.put(time, "some time");
          }
        }
        object.remove(leftOut);
        ((ObjectNode) object.path("stats")).remove(leftOut);
      }
    }
    return copy;
  }

  /**
   * The state files of one copy; of a run that went on where another stopped, less what Swift has
   * in them beyond the partitions of the power before, which it forgets and Ringlift keeps.
   */
  static JsonNode comparableState(JsonNode states, String which, String other, boolean goneOn) {
    JsonNode copy = states.path(which).deepCopy();
    if (goneOn) {
      for (Map.Entry<String, JsonNode> file : copy.properties()) {
        JsonNode twin = states.path(other).path(file.getKey());
        JsonNode previous =
            file.getValue().path("prev_part_power").isMissingNode()
                ? twin.path("prev_part_power")
                : file.getValue().path("prev_part_power");
        ((ObjectNode) file.getValue()).remove("prev_part_power");
        if (file.getValue().path("part_power").equals(file.getValue().path("next_part_power"))
            && previous.isInt()) {
          ObjectNode state = (ObjectNode) file.getValue().path("state");
          List<String> upper = new ArrayList<>();
          state.fieldNames().forEachRemaining(upper::add);
          upper.removeIf(partition -> Integer.parseInt(partition) >> previous.intValue() == 0);
          state.remove(upper);
        }
      }
    }
    return copy;
  }
}
