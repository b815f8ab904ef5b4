package dev.ringlift.relinker;

import static dev.ringlift.relinker.DeviceTree.hash;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringlift.relinker.engine.LocalRelinker;
import dev.ringlift.relinker.posix.Posix;
import dev.ringlift.testkit.MountedDevices;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Faults of real file systems: d1 is mounted and gets them, d2 is well. The fault is told with its
 * path, d2 comes to its end, and when it is mended the next run leaves what real Swift leaves of
 * the same tree without faults.
 */
@Tag("swift")
class RealFaultsTest {
  private static final int POWER = 4;
  private static final String DATA = "1700000000.00000.data";
  private static final int OBJECTS = 64;

  private final Path directory;
  private final Path root;
  private final Path d1;
  private final MountedDevices mounts;

  RealFaultsTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    root = directory.resolve("node");
    d1 = root.resolve("d1");
    mounts = new MountedDevices();
  }

  @BeforeEach
  void layObjects() throws IOException {
    mounts.tmpfs(d1, "size=4m,nr_inodes=20000");
    for (int i = 0; i < OBJECTS; i++) {
      write(d1, hash("%02x".formatted(4 * i), "%03x".formatted(i % 7)), POWER, DATA);
    }
    write(root.resolve("d2"), hash("f8", "abc"), POWER, DATA);
  }

  @AfterEach
  void unmount() {
    mounts.close();
  }

  @Test
  void relinkingOnAFileSystemWithoutFreeInodes() throws Exception {
    Path twin = twin();
    mounts.remount(d1, "nr_inodes=" + (mounts.inodes(d1) + 40));

    Map<String, DeviceProgress> full = run(Step.RELINK, Guard.NONE);

    checkFault(full, "ENOSPC");
    assertThat(of(full, "d1").partitionsDone()).isPositive();
    mounts.remount(d1, "nr_inodes=20000");
    checkEnd(twin, Step.RELINK);
  }

  @Test
  void cleaningUpAFullFileSystem() throws Exception {
    succeed(run(Step.RELINK, Guard.NONE));
    Path twin = twin();
    Path ballast = d1.resolve("ballast");
    fill(ballast);

    Map<String, DeviceProgress> full = run(Step.CLEANUP, Guard.NONE);

    checkFault(full, "ENOSPC");
    Files.delete(ballast);
    checkEnd(twin, Step.CLEANUP);
  }

  @ParameterizedTest
  @CsvSource({"RELINK", "CLEANUP"})
  void aFileSystemThatIsReadOnly(Step step) throws Exception {
    if (step == Step.CLEANUP) {
      succeed(run(Step.RELINK, Guard.NONE));
    }
    Path twin = twin();
    // The first run comes half way.
    AtomicInteger begun = new AtomicInteger();
    run(
        step,
        (device, partition) ->
            device.equals("d1") && begun.incrementAndGet() > 5
                ? Optional.of("half way")
                : Optional.empty());
    mounts.remount(d1, "ro");

    Map<String, DeviceProgress> met = run(step, Guard.NONE);

    checkFault(met, "EROFS");
    mounts.remount(d1, "rw");
    checkEnd(twin, step);
  }

  @ParameterizedTest
  @CsvSource({"RELINK", "CLEANUP"})
  void aDeviceThatVanishesWhileItIsWorkedOn(Step step) throws Exception {
    if (step == Step.CLEANUP) {
      succeed(run(Step.RELINK, Guard.NONE));
    }
    Path twin = twin();
    Path behind = mounts.bind(d1, directory.resolve("behind"));
    AtomicInteger begun = new AtomicInteger();

    Map<String, DeviceProgress> met =
        run(
            step,
            (device, partition) -> {
              if (device.equals("d1") && begun.incrementAndGet() == 5) {
                mounts.detach(d1);
              }
              return Optional.empty();
            });

    checkFault(met, "ENODEV");
    assertThat(begun).as("it ends at the partition where it was found out").hasValue(5);
    assertThat(d1).as("nothing is written where it was").isEmptyDirectory();
    mounts.bind(behind, d1);
    checkEnd(twin, step);
  }

  /** On kernels with openat2 and on those without. */
  @ParameterizedTest
  @CsvSource({
    "objects/15, RELINK, true",
    "objects/15, RELINK, false",
    "objects/15, CLEANUP, true",
    "objects/15/abc, RELINK, true",
    "objects/15/abc, RELINK, false",
    "objects/15/abc, CLEANUP, true",
    "objects/15/abc/HASH, RELINK, true",
    "objects/15/abc/HASH, RELINK, false",
    "objects/15/abc/HASH, CLEANUP, true",
    "objects/15/abc/HASH, CLEANUP, false",
    "objects/31, RELINK, true",
    "objects/31/abc, RELINK, false",
    "objects/31/abc/HASH, CLEANUP, true"
  })
  void aMountInsideADeviceIsNotCrossed(String at, Step step, boolean openat2) throws Exception {
    String hash = hash("f8", "abc");
    Path old = write(d1, hash, POWER, DATA);
    Path inside = d1.resolve(at.replace("HASH", hash));
    mounts.tmpfs(inside, "size=1m");
    Path treasure = write(inside, "objects/15/abc/" + hash, DATA);
    Path other = write(inside, hash, DATA);

    Map<String, DeviceProgress> met = run(step, Guard.NONE, openat2);

    checkFault(met, "EXDEV");
    // Of what is in the way at the new place, the hash dir that belongs there is named.
    String named =
        at.startsWith("objects/31") ? "objects/15/abc/" + hash : at.replace("HASH", hash);
    assertThat(of(met, "d1").problems())
        .anySatisfy(problem -> assertThat(problem.path()).isEqualTo("d1/" + named));
    assertThat(treasure).hasContent("treasure");
    assertThat(other).hasContent("treasure");
    try (var entries = Files.list(inside)) {
      assertThat(entries).as("nothing was made in there").hasSize(2);
    }
    mounts.detach(inside);
    assertThat(old).exists();
    run(Step.RELINK, Guard.NONE);
    succeed(run(step, Guard.NONE));
  }

  /** Right after the fault. */
  private void checkFault(Map<String, DeviceProgress> met, String errno) {
    DeviceProgress device = of(met, "d1");
    assertThat(device.result().orElseThrow()).isInstanceOf(DeviceResult.Failed.class);
    assertThat(device.counters().errors()).isPositive();
    assertThat(device.problems())
        .allSatisfy(problem -> assertThat(problem.path()).startsWith("d1"))
        .anySatisfy(problem -> assertThat(problem.errno()).isEqualTo(errno));
    assertThat(of(met, "d2").result()).isEqualTo(Optional.of(new DeviceResult.Succeeded(false)));
  }

  /** After the fault was mended: as real Swift on the twin, which never had it. */
  private void checkEnd(Path twin, Step first) throws Exception {
    try (SwiftPython python = new SwiftPython(directory.resolve("python"))) {
      SwiftTree swift = new SwiftTree(python, directory.resolve("swift"), "r");
      for (Step step : first == Step.RELINK ? Step.values() : new Step[] {Step.CLEANUP}) {
        succeed(run(step, Guard.NONE));
        swift.rings(POWER, step == Step.RELINK ? "prepared" : "increased");
        assertThat(swift.relinker(step.swiftName(), twin, directory.resolve("recon"))).isZero();
      }
      // The judge works with hard links, which don't go from one file system to another.
      Path ours = directory.resolve("ours");
      swift.copyKeepingLinks(root, ours);
      JsonNode compared = swift.compare(ours, twin, SwiftTree.NEVER);
      assertThat(compared.path("paths")).as("paths: ours | Swift's").isEmpty();
      assertThat(compared.path("hashes")).as("true hashes: ours | Swift's").isEmpty();
      assertThat(compared.path("wrong")).as("hashes left | true").isEmpty();
    }
    assertThat(Inventory.of(root).stale("d1", ObjectPolicy.replication(0), POWER + 1, 0).isClean())
        .isTrue();
  }

  private Path twin() throws IOException, InterruptedException {
    Path twin = directory.resolve("twin");
    int exit =
        new ProcessBuilder("cp", "-a", root.toString(), twin.toString())
            .inheritIO()
            .start()
            .waitFor();
    assertThat(exit).isZero();
    return twin;
  }

  private static void fill(Path ballast) throws IOException {
    byte[] block = new byte[4096];
    try (OutputStream out = Files.newOutputStream(ballast)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }

  private Map<String, DeviceProgress> run(Step step, Guard guard) throws InterruptedException {
    return run(step, guard, true);
  }

  private Map<String, DeviceProgress> run(Step step, Guard guard, boolean openat2)
      throws InterruptedException {
    int power = step == Step.RELINK ? POWER : POWER + 1;
    RelinkRequest request =
        RelinkRequest.builder(root, ObjectPolicy.replication(0), step, power, POWER + 1)
            .mountCheck(false)
            .build();
    Map<String, DeviceProgress> progress = new HashMap<>();
    Relinker relinker =
        new LocalRelinker(() -> openat2 ? new Posix() : new OldKernel(), Clock.systemUTC());
    try (RelinkRun run = relinker.start(request, new LiveSettings(), guard)) {
      run.await();
      run.progress().forEach(each -> progress.put(each.device(), each));
    }
    return progress;
  }

  /** A kernel before 5.6. */
  private static final class OldKernel extends Posix {
    OldKernel() {
      super(false);
    }
  }

  private static void succeed(Map<String, DeviceProgress> devices) {
    assertThat(devices.values())
        .allSatisfy(
            each ->
                assertThat(each.result())
                    .as("%s", each.problems())
                    .contains(new DeviceResult.Succeeded(false)));
  }

  private static DeviceProgress of(Map<String, DeviceProgress> progress, String device) {
    return Objects.requireNonNull(progress.get(device));
  }

  private static Path write(Path device, String hash, int power, String name) throws IOException {
    return write(
        device,
        "objects/" + DeviceTree.partition(hash, power) + "/" + hash.substring(29) + "/" + hash,
        name);
  }

  private static Path write(Path folder, String at, String name) throws IOException {
    return Files.writeString(Files.createDirectories(folder.resolve(at)).resolve(name), "treasure");
  }
}
