package dev.ringlift.relinker;

import static dev.ringlift.relinker.DeviceTree.hash;
import static dev.ringlift.relinker.DeviceTree.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.ringlift.testkit.Folders;
import dev.ringlift.testkit.process.Command;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
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

  /**
   * Each of the files that the relinker, or Swift, keeps, and whether a step can't be done without.
   */
  static Stream<Arguments> ownFiles() {
    Stream<String> ofDevice =
        Stream.of(
            "relink.objects.json", ".relink.objects.json.tmp", ".relink.objects.lock", ".lock");
    Stream<String> ofPartitions =
        Stream.of(".lock", ".lock-replication", "hashes.pkl", ".hashes.pkl.tmp", "hashes.invalid")
            .flatMap(name -> Stream.of("objects/15/" + name, "objects/31/" + name));
    return Stream.concat(ofDevice, ofPartitions)
        .flatMap(
            at ->
                Stream.of(Step.values())
                    .flatMap(
                        step ->
                            Stream.of(Thing.values())
                                .filter(thing -> thing != Thing.FILE)
                                .map(thing -> arguments(thing, at, step, isNeeded(at)))));
  }

  /** Cleanup can do without what is in a partition that is empty in the end. */
  private static boolean isNeeded(String at) {
    return !at.equals(".lock")
        && !at.endsWith(".lock-replication")
        && !at.startsWith("objects/15/");
  }

  /**
   * Nobody is waited for, nothing is read or written there, and what can't be done is told; when it
   * is out of the way, all is done.
   */
  @ParameterizedTest
  @MethodSource("ownFiles")
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void whatIsNoFileIsRefusedWhereOneIsKept(Thing thing, String at, Step step, boolean needed)
      throws IOException {
    tree.write(HIGH, POWER, DATA);
    if (step == Step.CLEANUP) {
      run(tree.relink(POWER));
    }
    Path place = tree.device().resolve(at);
    Files.createDirectories(place.getParent());
    Files.deleteIfExists(place);
    thing.make(place);

    DeviceProgress met = run(request(step));

    String told = met.problems() + " " + met.result().orElseThrow();
    if (needed) {
      assertThat(met.result().orElseThrow()).isInstanceOf(DeviceResult.Failed.class);
      assertThat(told).contains(place.getFileName().toString());
    } else {
      assertThat(met.result()).contains(new DeviceResult.Succeeded(false));
    }
    boolean inTheWay = at.contains("15/.lock") || (at.contains("15/") && thing == Thing.FOLDER);
    if (needed || (step == Step.CLEANUP && inTheWay)) {
      assertThat(told).contains(thing == Thing.FOLDER ? "EISDIR" : "ENXIO");
    }
    Folders.delete(place);
    assertThat(run(request(step)).result()).contains(new DeviceResult.Succeeded(false));
    assertThat(tree.names(tree.hashDir(HIGH, POWER + 1))).containsExactly(DATA);
    assertThat(tree.names(tree.hashDir(HIGH, POWER)).isEmpty()).isEqualTo(step == Step.CLEANUP);
  }

  private RelinkRequest.Builder request(Step step) {
    return step == Step.RELINK ? tree.relink(POWER) : tree.cleanup(POWER + 1);
  }

  /** What is no directory is as good as a file, wherever one should be. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "../d0",
        "objects",
        "objects/14",
        "objects/15/def",
        "objects/15/abc/f9000000000000000000000000000abc",
        "objects/15/abc/f8000000000000000000000000000abc/1700000001.00000.meta",
        "objects/31",
        "objects/31/abc",
        "objects/31/abc/f8000000000000000000000000000abc",
        "objects/31/abc/f8000000000000000000000000000abc/1700000000.00000.data",
        "quarantined"
      })
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void aPipeASocketOrADeviceIsTakenAsAFileAtEveryLevel(String at) throws IOException {
    Map<Thing, String> ends = new EnumMap<>(Thing.class);
    for (Thing thing : Thing.values()) {
      if (thing != Thing.FOLDER) {
        Folders.delete(tree.root());
        if (!at.equals("objects")) {
          tree.write(HIGH, POWER, DATA);
        }
        Path place = tree.device().resolve(at).normalize();
        Files.createDirectories(place.getParent());
        thing.make(place);
        DeviceProgress relinked = run(tree.relink(POWER).devices(Set.of("d1")));
        DeviceProgress cleaned = run(tree.cleanup(POWER + 1).devices(Set.of("d1")));
        ends.put(
            thing,
            "%s %s %s %s %s"
                .formatted(
                    relinked.counters(),
                    relinked.result(),
                    cleaned.counters(),
                    cleaned.result(),
                    tree.files().keySet()));
        assertThat(Inventory.of(tree.root()).devices())
            .extracting(Device::name)
            .containsExactly("d1");
      }
    }
    assertThat(Set.copyOf(ends.values())).as("%s", ends).hasSize(1);
  }

  /** Rings are text: nothing on such a disk is any ring's. */
  @Test
  void aDeviceWhoseNameIsNotUtf8IsNamedAndNobodyElsesTrouble() throws Exception {
    tree.write(HIGH, POWER, DATA);
    Command.of(
            "sh",
            "-c",
            "mkdir -p \"$(printf '%s/s\\351b' \"$0\")/objects/3\"",
            tree.root().toString())
        .run()
        .orThrow();

    try (RelinkRun run =
        Relinker.create().start(tree.relink(POWER).build(), new LiveSettings(), Guard.NONE)) {
      assertThat(run.await())
          .containsEntry("d1", new DeviceResult.Succeeded(false))
          .containsEntry(
              "s\uFFFDb",
              new DeviceResult.Failed(
                  "The name of the device is not UTF-8: no ring can have it, and nothing was done in it."));
    }
    assertThat(Inventory.of(tree.root()).devices())
        .extracting(Device::problem)
        .containsExactly("", "The name of the device is not UTF-8: no ring can have it.");
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

  /** What a name may stand for. */
  enum Thing {
    FILE {
      @Override
      void make(Path place) throws IOException {
        Files.createFile(place);
      }
    },
    FOLDER {
      @Override
      void make(Path place) throws IOException {
        Files.createDirectories(place.resolve("with/something"));
      }
    },
    PIPE {
      @Override
      void make(Path place) {
        Command.of("mkfifo", place.toString()).run().orThrow();
      }
    },
    SOCKET {
      @Override
      void make(Path place) throws IOException {
        // The address of a socket may have 107 bytes at most.
        Path near = Files.createTempDirectory("socket").resolve("s");
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
          socket.bind(UnixDomainSocketAddress.of(near));
        }
        Files.move(near, place);
        Files.delete(near.getParent());
      }
    },
    /** The one that needs no right to be made. */
    DEVICE {
      @Override
      void make(Path place) {
        Command.of("mknod", place.toString(), "c", "0", "0").run().orThrow();
      }
    };

    abstract void make(Path place) throws IOException;
  }
}
