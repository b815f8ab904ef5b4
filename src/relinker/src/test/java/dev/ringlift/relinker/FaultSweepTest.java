package dev.ringlift.relinker;

import static dev.ringlift.relinker.DeviceTree.hash;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.ringlift.relinker.FaultyPosix.Faults;
import dev.ringlift.relinker.FaultyPosix.Kind;
import dev.ringlift.relinker.FaultyPosix.Mode;
import dev.ringlift.relinker.engine.LocalRelinker;
import dev.ringlift.relinker.layout.HashesPickle;
import dev.ringlift.relinker.layout.SuffixHash;
import dev.ringlift.relinker.layout.SuffixHashes;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.testkit.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each system call of a run fails once, and each is once the last that is done. Whatever it is: no
 * file is lost, what went wrong is told with its path, the other device comes to its end, a success
 * is one, and another run without faults comes to the same end as one that never met any.
 */
class FaultSweepTest {
  private static final int POWER = 4;
  private static final Set<String> OWN =
      Set.of("hashes.pkl", "hashes.invalid", ".lock", ".lock-replication", ".hashes.pkl.tmp");

  private final Path root;
  private ObjectPolicy policy = ObjectPolicy.replication(0);
  private final Logger logger = Logger.getLogger("dev.ringlift.relinker.engine.LocalRun");

  FaultSweepTest(@TempDir Path directory) {
    this.root = directory.resolve("node");
  }

  /** A device that dies is told as a bug with its stack, which here would be hundreds. */
  @BeforeEach
  void muteSimulatedDeaths() {
    logger.setLevel(Level.OFF);
  }

  @AfterEach
  void unmute() {
    logger.setLevel(null);
  }

  static Stream<Arguments> faults() {
    return Stream.of(ObjectPolicy.Kind.values())
        .flatMap(policy -> Stream.of(Step.values()).flatMap(step -> faults(policy, step)));
  }

  private static Stream<Arguments> faults(ObjectPolicy.Kind policy, Step step) {
    return Stream.of(
        arguments(policy, step, Mode.CRASH, 0, Kind.ALL),
        arguments(policy, step, Mode.ONCE, Errno.EIO, Kind.ALL),
        arguments(policy, step, Mode.FROM_THEN_ON, Errno.EIO, Kind.ALL),
        arguments(policy, step, Mode.FROM_THEN_ON, Errno.EROFS, Kind.WRITING),
        arguments(policy, step, Mode.ONCE, Errno.ENOSPC, Kind.TAKING_SPACE),
        arguments(policy, step, Mode.FROM_THEN_ON, Errno.ENOSPC, Kind.TAKING_SPACE),
        arguments(policy, step, Mode.ONCE, Errno.EMFILE, Set.of(Kind.OPEN, Kind.CREATE)),
        arguments(policy, step, Mode.ONCE, Errno.EUCLEAN, Kind.LOOKING),
        arguments(policy, step, Mode.ONCE, Errno.ENODATA, Kind.LOOKING));
  }

  @ParameterizedTest(name = "{0}, {1}: {2}, error {3}, of {4}")
  @MethodSource("faults")
  void noFaultLosesAnything(
      ObjectPolicy.Kind kind, Step step, Mode mode, int errno, Set<Kind> kinds) throws Exception {
    setPolicy(kind);
    Map<String, String> before = make(step);
    Faults none = Faults.none("d1", kinds);
    assertThat(run(step, none).values()).allMatch(FaultSweepTest::succeeded);
    Map<String, String> after = files(root);
    Map<String, Map<Integer, SuffixHash>> trueHashes = step == Step.CLEANUP ? hashes() : Map.of();
    assertThat(none.calls()).isGreaterThan(20);

    int stride = mode == Mode.CRASH || (mode == Mode.ONCE && errno == Errno.EIO) ? 1 : 5;
    if (kind == ObjectPolicy.Kind.ERASURE_CODING && mode != Mode.CRASH) {
      // What is done to a file is the same; what is taken apart from its name was seen before.
      stride *= 3;
    }
    for (int number = 1; number <= none.calls(); number += stride) {
      assertThat(make(step)).isEqualTo(before);
      String what = "%s, call %d of %d".formatted(mode, number, none.calls());

      Faults faults = new Faults("d1", mode, errno, kinds, number);
      Map<String, DeviceProgress> met = run(step, faults);

      if (mode != Mode.CRASH) {
        assertThat(faults.leaks()).as("%s: descriptors left open", what).isZero();
      }
      check(what, mode, errno, met, after);
      // So swift-object-relinker, which mends none that it did not make wrong, may go on here.
      assertThat(new TrueHashes(root, policy).wrong()).as("%s: hashes left", what).isEmpty();
      assertThat(run(step, Faults.none("d1", kinds)).values())
          .as(what)
          .allMatch(FaultSweepTest::succeeded);
      assertThat(files(root)).as(what).isEqualTo(after);
      if (step == Step.CLEANUP) {
        assertNoneIsWrong(what, trueHashes);
      }
    }
  }

  /**
   * The power goes in cleanup, after each call once: what a journal has (names made and removed) is
   * kept, what was written to the files of suffix hashes and not synced is not. An object that was
   * linked to both places while the ring was prepared, without a word to the new place's hashes,
   * must not be left out of them for good.
   */
  @Test
  void noPowerCutInCleanupLeavesAWrongSuffixHash() throws Exception {
    makeWithASilentWrite();
    Faults none = Faults.none("d1", Kind.ALL);
    run(Step.CLEANUP, none);
    Map<String, Map<Integer, SuffixHash>> trueHashes = hashes();
    for (int number = 1; number <= none.calls(); number++) {
      makeWithASilentWrite();
      Map<Path, byte[]> synced = filesOfHashes();

      run(Step.CLEANUP, new Faults("d1", Mode.CRASH, 0, Kind.ALL, number));
      for (Map.Entry<Path, byte[]> each : filesOfHashes().entrySet()) {
        byte[] old = synced.get(each.getKey());
        if (!Arrays.equals(old, each.getValue())) {
          boolean replaced = each.getKey().endsWith("hashes.pkl");
          Files.write(each.getKey(), old == null || replaced ? new byte[0] : old);
        }
      }
      run(Step.CLEANUP, Faults.none("d1", Kind.ALL));

      assertNoneIsWrong(
          "power cut after call %d of %d".formatted(number, none.calls()), trueHashes);
    }
  }

  /** A reader may trust fewer hashes than there are, and none but true ones. */
  private void assertNoneIsWrong(String what, Map<String, Map<Integer, SuffixHash>> trueHashes)
      throws IOException {
    hashes()
        .forEach(
            (partition, known) ->
                assertThat(trueHashes.getOrDefault(partition, Map.of()).entrySet())
                    .as("%s: hashes of %s", what, partition)
                    .containsAll(known.entrySet()));
  }

  private void makeWithASilentWrite() throws Exception {
    make(Step.CLEANUP);
    String hash = hash("f9", "abc");
    String name = "1700000009.00000.data";
    Path old = root.resolve("d1/objects/15/abc/" + hash + "/" + name);
    Path twin = root.resolve("d1/objects/31/abc/" + hash + "/" + name);
    Files.createLink(twin, old);
  }

  private Map<Path, byte[]> filesOfHashes() throws IOException {
    Map<Path, byte[]> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path each :
          walk.filter(path -> path.endsWith("hashes.pkl") || path.endsWith("hashes.invalid"))
              .toList()) {
        files.put(each, Files.readAllBytes(each));
      }
    }
    return files;
  }

  /** Right after the fault. */
  private void check(
      String what, Mode mode, int errno, Map<String, DeviceProgress> met, Map<String, String> after)
      throws IOException {
    Map<String, String> now = files(root);
    assertThat(contents(now)).as("%s: nothing is lost", what).containsAll(contents(after));
    assertThat(succeeded(of(met, "d2"))).as("%s: the other device", what).isTrue();
    DeviceProgress device = of(met, "d1");
    if (succeeded(device)) {
      assertThat(now).as("%s: a success is one", what).isEqualTo(after);
    } else if (mode != Mode.CRASH) {
      assertThat(device.problems()).as(what).isNotEmpty();
      assertThat(device.problems())
          .as(what)
          .allSatisfy(problem -> assertThat(problem.path()).startsWith("d1"))
          .anySatisfy(problem -> assertThat(problem.errno()).isEqualTo(Errno.name(errno)));
    }
  }

  private static DeviceProgress of(Map<String, DeviceProgress> progress, String device) {
    return Objects.requireNonNull(progress.get(device));
  }

  private static boolean succeeded(DeviceProgress progress) {
    return progress.result().orElseThrow().succeeded();
  }

  private Map<String, DeviceProgress> run(Step step, Faults faults) throws InterruptedException {
    int power = step == Step.RELINK ? POWER : POWER + 1;
    RelinkRequest request =
        RelinkRequest.builder(root, policy, step, power, POWER + 1).mountCheck(false).build();
    Relinker relinker = new LocalRelinker(() -> new FaultyPosix(faults), Clock.systemUTC());
    Map<String, DeviceProgress> progress = new HashMap<>();
    try (RelinkRun run = relinker.start(request, new LiveSettings(), Guard.NONE)) {
      run.await();
      run.progress().forEach(each -> progress.put(each.device(), each));
    }
    return progress;
  }

  private void setPolicy(ObjectPolicy.Kind kind) {
    policy =
        switch (kind) {
          case REPLICATION -> ObjectPolicy.replication(0);
          case ERASURE_CODING -> ObjectPolicy.erasureCoding(0, 3);
        };
  }

  /**
   * Two devices as the step finds them, with the suffix hashes that replicators left; answers what
   * is on them. Of the partitions that are linked into, 1 was there before and has hashes.
   */
  private Map<String, String> make(Step step) throws Exception {
    Folders.delete(root);
    switch (policy.kind()) {
      case REPLICATION -> writeReplicas();
      case ERASURE_CODING -> writeFragments();
    }
    new TrueHashes(root, policy).write();
    if (step == Step.CLEANUP) {
      run(Step.RELINK, Faults.none("d1", Set.of()));
      // A write that relinking has not seen.
      write("d1", "f9", POWER, "1700000009.00000" + data());
      new TrueHashes(root, policy).write();
    }
    return files(root);
  }

  private String data() {
    return policy.kind() == ObjectPolicy.Kind.REPLICATION ? ".data" : "#1#d.data";
  }

  private void writeReplicas() throws IOException {
    for (String begin : List.of("08", "10", "70", "f8", "f9")) {
      write("d1", begin, POWER, "1700000000.00000.data");
    }
    write("d1", "08", POWER, "1700000001.00000.meta");
    write("d1", "f8", POWER + 1, "1700000005.00000.data");
    write("d1", "70", POWER + 1, "1700000005.00000.ts");
    write("d2", "f8", POWER, "1700000000.00000.data");
  }

  /** Durable by its name, durable as Swift had it before, and not durable at all. */
  private void writeFragments() throws IOException {
    for (String begin : List.of("08", "10", "f8")) {
      write("d1", begin, POWER, "1700000000.00000#1#d.data");
    }
    write("d1", "08", POWER, "1700000001.00000.meta");
    write("d1", "08", POWER, "1700000002.00000#2.data");
    write("d1", "10", POWER, "1700000000.00000#0#d.data");
    for (String begin : List.of("70", "f9")) {
      write("d1", begin, POWER, "1700000000.00000#0.data");
    }
    write("d1", "70", POWER, "1700000000.00000.durable");
    write("d1", "f8", POWER + 1, "1700000005.00000#1#d.data");
    write("d1", "70", POWER + 1, "1700000000.00000#2.data");
    write("d2", "f8", POWER, "1700000000.00000#1#d.data");
  }

  private void write(String device, String begin, int power, String name) throws IOException {
    String hash = hash(begin, "abc");
    Path directory =
        root.resolve(device + "/objects/" + DeviceTree.partition(hash, power) + "/abc/" + hash);
    Files.createDirectories(directory);
    Files.writeString(directory.resolve(name), device + begin + power + name);
  }

  /** Objects' files: path to content, which names the file that it was made as. */
  private static Map<String, String> files(Path root) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path each : walk.filter(Files::isRegularFile).toList()) {
        Path path = root.relativize(each);
        if (path.getNameCount() > 4 && !OWN.contains(path.getFileName().toString())) {
          files.put(path.toString(), Files.readString(each));
        }
      }
    }
    return files;
  }

  private static Set<String> contents(Map<String, String> files) {
    return Set.copyOf(files.values());
  }

  /** The suffix hashes that a reader would trust, by partition. */
  private Map<String, Map<Integer, SuffixHash>> hashes() throws IOException {
    Map<String, Map<Integer, SuffixHash>> all = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path each : walk.filter(path -> path.endsWith("hashes.pkl")).toList()) {
        SuffixHashes hashes = HashesPickle.read(Files.readAllBytes(each));
        all.put(root.relativize(each.getParent()).toString(), TrueHashes.trusted(each, hashes));
      }
    }
    return all;
  }
}
