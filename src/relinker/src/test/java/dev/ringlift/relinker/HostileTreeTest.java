package dev.ringlift.relinker;

import static dev.ringlift.relinker.DeviceTree.hash;
import static dev.ringlift.relinker.DeviceTree.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.testkit.Folders;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Trees made to lead the relinker astray, or to keep it busy for ever. */
class HostileTreeTest {
  private static final int POWER = 4;
  private static final String DATA = "1700000000.00000.data";
  private static final String HIGH = hash("f8", "abc");

  private final DeviceTree tree;
  private final Path outside;

  HostileTreeTest(@TempDir Path directory) throws IOException {
    tree = new DeviceTree(directory.resolve("node"));
    outside = Files.createDirectories(directory.resolve("outside"));
  }

  /**
   * Whatever part of the path is a link, at the old place or the new one, nothing is done there.
   */
  @ParameterizedTest
  @CsvSource({
    "15, RELINK", "15, CLEANUP", "15/abc, RELINK", "15/abc, CLEANUP", "15/abc/HASH, RELINK",
    "15/abc/HASH, CLEANUP", "31, RELINK", "31, CLEANUP", "31/abc, RELINK", "31/abc, CLEANUP",
    "31/abc/HASH, RELINK", "31/abc/HASH, CLEANUP"
  })
  void aSymbolicLinkAtAnyLevelLeadsNowhere(String at, Step step) throws IOException {
    tree.write(HIGH, POWER, DATA);
    if (step == Step.CLEANUP) {
      run(tree.relink(POWER));
    }
    Path link = tree.device().resolve("objects/" + at.replace("HASH", HIGH));
    // What the link leads to looks just like what belongs there.
    Path treasure = outside.resolve("treasure");
    if (Files.exists(link)) {
      Files.move(link, treasure);
    } else {
      Files.createDirectories(treasure);
    }
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, treasure);
    Object before = new DeviceTree(outside.resolve("x")).names(treasure);

    DeviceProgress progress =
        run(step == Step.RELINK ? tree.relink(POWER) : tree.cleanup(POWER + 1));

    assertThat(progress.result().orElseThrow()).isInstanceOf(DeviceResult.Failed.class);
    assertThat(progress.problems()).isNotEmpty();
    assertThat(progress.counters().linked()).isZero();
    assertThat(progress.counters().removed()).isZero();
    assertThat(tree.names(treasure)).isEqualTo(before);
    assertThat(link).isSymbolicLink();
  }

  /** What a task may name is what is found here: never a way up, never more than one name. */
  @Test
  void noDeviceHasANameThatLeadsOutOfTheRoot() throws IOException {
    tree.write(HIGH, POWER, DATA);
    Files.createDirectories(outside.resolve("objects"));
    Files.createSymbolicLink(tree.root().resolve("link"), outside);

    List<Device> devices = Inventory.of(tree.root()).devices();

    assertThat(devices).extracting(Device::name).containsExactly("d1", "link");
    assertThat(devices)
        .filteredOn(device -> device.name().equals("link"))
        .extracting(Device::mounted)
        .containsExactly(false);
  }

  @Test
  void aLinkInPlaceOfTheDataDirIsNotFollowed() throws IOException {
    tree.write(HIGH, POWER, DATA);
    Files.move(tree.device().resolve("objects"), outside.resolve("objects"));
    Files.createSymbolicLink(tree.device().resolve("objects"), outside.resolve("objects"));

    DeviceProgress progress = run(tree.relink(POWER));

    assertThat(progress.result().orElseThrow()).isInstanceOf(DeviceResult.Unlistable.class);
    assertThat(tree.names(outside.resolve("objects"))).containsExactly("15");
  }

  /** As Swift has it: a link may be a device, but is no mount unless it is marked as one. */
  @Test
  void aDeviceMayBeALinkThatIsMarkedAsMounted() throws IOException {
    tree.write(HIGH, POWER, DATA);
    Path elsewhere = outside.resolve("disk");
    Files.move(tree.device(), elsewhere);
    Files.createSymbolicLink(tree.device(), elsewhere);

    assertThat(run(tree.relink(POWER).mountCheck(true)).result().orElseThrow())
        .isInstanceOf(DeviceResult.Unmounted.class);
    Files.createFile(elsewhere.resolve(".ismount"));
    assertThat(run(tree.relink(POWER).mountCheck(true)).counters().linked()).isOne();
    assertThat(run(tree.cleanup(POWER + 1)).counters().removed()).isOne();
    assertThat(tree.names(tree.hashDir(HIGH, POWER + 1))).containsExactly(DATA);
  }

  @Test
  void aLinkThatIsADeviceAndLeadsNowhereIsNoSuccessAndNobodyElsesTrouble() throws Exception {
    tree.write(HIGH, POWER, DATA);
    Files.createSymbolicLink(tree.root().resolve("d0"), Path.of("d0"));

    try (RelinkRun run =
        Relinker.create().start(tree.relink(POWER).build(), new LiveSettings(), Guard.NONE)) {
      assertThat(run.await())
          .containsEntry("d1", new DeviceResult.Succeeded(false))
          .hasEntrySatisfying("d0", result -> assertThat(result.succeeded()).isFalse());
    }
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void linksInCirclesEnd() throws IOException {
    tree.write(HIGH, POWER, DATA);
    Path partition = tree.device().resolve("objects/15");
    Files.createSymbolicLink(partition.resolve("def"), partition);
    Files.createSymbolicLink(partition.resolve("abc/" + hash("f9", "abc")), Path.of("."));
    Files.createSymbolicLink(tree.device().resolve("objects/14"), Path.of("14"));

    DeviceProgress progress = run(tree.relink(POWER));

    assertThat(progress.counters()).isEqualTo(new Counters(1, 1, 1, 0, 3));
    assertThat(progress.problems()).allMatch(problem -> problem.errno().equals("ELOOP"));
  }

  /** A link among the files is moved as a file: it is not looked at, and nothing behind it is. */
  @Test
  void aLinkAmongTheFilesIsMovedAsItIs() throws IOException {
    Path secret = Files.writeString(outside.resolve("secret"), "secret");
    tree.write(HIGH, POWER, DATA);
    Files.createSymbolicLink(tree.hashDir(HIGH, POWER).resolve("1700000001.00000.meta"), secret);

    assertThat(run(tree.relink(POWER)).result()).contains(new DeviceResult.Succeeded(false));
    assertThat(run(tree.cleanup(POWER + 1)).result()).contains(new DeviceResult.Succeeded(false));

    assertThat(tree.hashDir(HIGH, POWER + 1).resolve("1700000001.00000.meta")).isSymbolicLink();
    assertThat(secret).hasContent("secret");
    assertThat((Integer) Files.getAttribute(secret, "unix:nlink")).isEqualTo(1);
  }

  @Test
  void namesOf255BytesAndOfEveryByteAreMoved() throws IOException {
    tree.write(HIGH, POWER, DATA);
    Path directory = tree.hashDir(HIGH, POWER);
    Files.createFile(directory.resolve("q".repeat(255)));
    Files.createFile(directory.resolve("\n"));
    Files.createFile(directory.resolve("-rf \"'\\ *?"));

    run(tree.relink(POWER));
    run(tree.cleanup(POWER + 1));

    assertThat(tree.names(tree.hashDir(HIGH, POWER + 1)))
        .containsExactlyInAnyOrder(DATA, "q".repeat(255), "\n", "-rf \"'\\ *?");
    assertThat(directory).doesNotExist();
  }

  /** Whoever opens a pipe waits until somebody opens its other end. */
  @ParameterizedTest
  @CsvSource({
    "relink.objects.json, RELINK, true",
    "objects/15/hashes.pkl, CLEANUP, true",
    "objects/31/hashes.pkl, RELINK, true",
    ".relink.objects.lock, RELINK, false",
    "objects/31/.lock, CLEANUP, false",
    "objects/31/hashes.invalid, CLEANUP, true"
  })
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aPipeInPlaceOfAFileHoldsNobodyUp(String at, Step step, boolean succeeds) throws Exception {
    tree.write(HIGH, POWER, DATA);
    if (step == Step.CLEANUP) {
      run(tree.relink(POWER));
    }
    Path pipe = tree.device().resolve(at);
    Files.createDirectories(pipe.getParent());
    Files.deleteIfExists(pipe);
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    DeviceProgress progress =
        run(step == Step.RELINK ? tree.relink(POWER) : tree.cleanup(POWER + 1));

    assertThat(progress.result().orElseThrow().succeeded()).isEqualTo(succeeds);
    assertThat(tree.hashDir(HIGH, succeeds && step == Step.CLEANUP ? POWER + 1 : POWER)).exists();
    Files.deleteIfExists(pipe);
  }

  /** By such a power, cleanup would pass over all partitions, or over all but one. */
  @ParameterizedTest
  @ValueSource(ints = {64, 0, -64, 1, 5, 33})
  void aPowerBeforeThatCannotBeTrueIsNotBelieved(int previous) throws IOException {
    tree.write(HIGH, POWER, DATA);
    run(tree.relink(POWER));
    Files.writeString(
        tree.device().resolve("relink.objects.json"),
        "{\"part_power\": 5, \"next_part_power\": 5, \"prev_part_power\": %d, \"state\": {}}"
            .formatted(previous));

    assertThat(run(tree.cleanup(POWER + 1)).counters().removed()).isOne();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"part_power\":4,\"next_part_power\":5,\"state\":{\"15\":true},\"ringlift\":{\"x\":[FILL]}}",
        "{\"part_power\":4,\"next_part_power\":5,\"state\":{\"15\":true},\"ringlift\":{\"increase\":\"FILL\"}}"
      })
  void aStateFileAsLargeAsTheHeapIsReadWithoutFillingIt(String text) throws IOException {
    tree.write(HIGH, POWER, DATA);
    String[] parts = text.split("FILL", -1);
    String filling = "0,".repeat(1 << 19);
    try (var out = Files.newBufferedWriter(tree.device().resolve("relink.objects.json"))) {
      out.write(parts[0]);
      for (int i = 0; i < 32; i++) {
        out.write(filling);
      }
      out.write("0" + parts[1]);
    }
    long before = allocated();

    run(tree.relink(POWER));

    assertThat(allocated() - before).isLessThan(64L << 20);
  }

  /** By all threads: the largest part of it by the one that reads the file. */
  private static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getTotalThreadAllocatedBytes();
  }

  /** Nothing is deleted that is moved out of the way. */
  @Test
  void aFileInQuarantineIsNotReplacedByAnotherOfItsName() throws IOException {
    for (String content : List.of("first", "second")) {
      tree.write(HIGH, POWER, DATA);
      run(tree.relink(POWER));
      Files.writeString(tree.device().resolve("objects/15/abc/litter"), content);
      run(tree.cleanup(POWER + 1));
      Folders.delete(tree.device().resolve("objects/31"));
    }

    Path quarantine = tree.device().resolve("quarantined/objects");
    assertThat(quarantine.resolve("litter")).hasContent("first");
    assertThat(tree.names(quarantine)).hasSize(2);
  }

  /** Nothing on the way is quadratic in the files of a hash dir. */
  @Test
  void aHundredThousandFilesInOneHashDirAreNoMoreThanThat() throws IOException {
    tree.write(HIGH, POWER, DATA);
    Path directory = tree.hashDir(HIGH, POWER);
    for (int i = 0; i < 100_000; i++) {
      Files.createFile(directory.resolve("file-" + i));
    }

    DeviceProgress relinked = run(tree.relink(POWER));
    DeviceProgress cleaned = run(tree.cleanup(POWER + 1));

    assertThat(relinked.counters()).isEqualTo(new Counters(1, 100_001, 100_001, 0, 0));
    assertThat(cleaned.counters()).isEqualTo(new Counters(1, 100_001, 0, 100_001, 0));
    assertThat(relinked.elapsed().plus(cleaned.elapsed())).isLessThan(Duration.ofSeconds(40));
    Folders.delete(tree.root());
  }
}
