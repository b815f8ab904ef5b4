package dev.ringlift.e2e.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.testkit.process.Command;
import dev.ringlift.testkit.process.ManagedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --user}: the relinker gives root up, and then may no more than that user. */
@Tag("swift")
class UserOptionTest {
  private static final int POWER = 4;
  private static final String USER = "nobody";
  private static final String FILE = "1700000000.00000.data";
  private static final String OPEN = "f8000000000000000000000000000abc";
  private static final String CLOSED_HASH_DIR = "e8000000000000000000000000000abc";
  private static final String CLOSED_SUFFIX_DIR = "c8000000000000000000000000000abc";
  private static final String CLOSED_PARTITION = "d8000000000000000000000000000abc";

  @TempDir private Path directory;
  private Path devices;
  private Path app;
  private IncreaseByHand node;
  private int uid;
  private int gid;

  @BeforeEach
  void layFilesOfThatUser() throws IOException {
    assertThat(System.getProperty("user.name"))
        .as("This test changes owners: it must be run as root.")
        .isEqualTo("root");
    uid = Integer.parseInt(Command.of("id", "-u", USER).run().orThrow().out().strip());
    gid = Integer.parseInt(Command.of("id", "-g", USER).run().orThrow().out().strip());
    devices = directory.resolve("devices");
    for (String hash : List.of(OPEN, CLOSED_HASH_DIR, CLOSED_SUFFIX_DIR, CLOSED_PARTITION)) {
      Files.writeString(Files.createDirectories(hashDir(hash, POWER)).resolve(FILE), hash);
    }
    node = new IncreaseByHand(directory.resolve("swift"), POWER);
    node.ring("prepare");
    app = directory.resolve("app");
    copyProgram();
    // What a test makes for itself is closed to others.
    Command.of("chmod", "-R", "a+rX", directory.toString()).run().orThrow();
    Command.of(
            "chown",
            "-R",
            uid + ":" + gid,
            devices.toString(),
            node.swift().reconDirectory().toString())
        .run()
        .orThrow();
  }

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void becomesTheUserWithItsGroupsInEveryThread() throws IOException {
    try (ManagedProcess process =
        ManagedProcess.builder("ringlift", directory.resolve("ringlift.log"))
            .environment("RINGLIFT_APP", app.toString())
            .command(node.words("relink", devices, "--user", USER, "--files-per-second", "0.001"))
            .start()) {
      await()
          .alias("it works")
          .atMost(Duration.ofMinutes(1))
          .until(() -> Files.exists(devices.resolve("d1/.relink.objects.lock")));
      List<Path> threads;
      try (Stream<Path> list = Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
        threads = list.toList();
      }
      assertThat(threads).hasSizeGreaterThan(3);
      for (Path each : threads) {
        List<String> status = Files.readAllLines(each.resolve("status"));
        assertThat(status)
            .contains("Uid:\t%1$d\t%1$d\t%1$d\t%1$d".formatted(uid))
            .contains("Gid:\t%1$d\t%1$d\t%1$d\t%1$d".formatted(gid))
            .contains("CapEff:\t0000000000000000");
        assertThat(status.stream().filter(line -> line.startsWith("Groups:")).toList())
            .containsExactly("Groups:\t" + groups());
      }
    }
  }

  @Test
  void whatTheUserMayNotReadIsAnErrorAndAllElseIsDoneAndIsTheUsers() throws IOException {
    Path partition = devices.resolve("d1/objects/13");
    List<String> closed =
        List.of(
            partition.toString(),
            hashDir(CLOSED_SUFFIX_DIR, POWER).resolve("..").normalize().toString(),
            hashDir(CLOSED_HASH_DIR, POWER).toString());
    Command.of(chmod("000", closed)).run().orThrow();

    Command.Result refused = relink();

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.out())
        .contains("d1/objects/13: ")
        .contains("d1/objects/12/abc: ")
        .contains("d1/objects/14/abc/" + CLOSED_HASH_DIR + ": ")
        .contains("(EACCES)");
    assertThat(hashDir(OPEN, POWER + 1).resolve(FILE)).exists();
    assertThat(owners(devices.resolve("d1"))).containsOnly(uid + ":" + gid);

    Command.of(chmod("755", closed)).run().orThrow();
    assertThat(relink().exitCode()).isZero();
    for (String hash : List.of(OPEN, CLOSED_HASH_DIR, CLOSED_SUFFIX_DIR, CLOSED_PARTITION)) {
      assertThat(hashDir(hash, POWER + 1).resolve(FILE)).hasContent(hash);
    }
    assertThat(owners(devices.resolve("d1"))).containsOnly(uid + ":" + gid);
  }

  private static List<String> chmod(String mode, List<String> paths) {
    List<String> words = new ArrayList<>(List.of("chmod", mode));
    words.addAll(paths);
    return words;
  }

  @Test
  void refusesAUserThatThereIsNot() {
    Command.Result refused = node.ringlift("relink", devices, "--user", "nobody-of-that-name");

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).isEqualTo("ringlift: There is no user nobody-of-that-name.\n");
    assertThat(hashDir(OPEN, POWER + 1)).doesNotExist();
  }

  private Command.Result relink() {
    return Command.of(node.words("relink", devices, "--user", USER))
        .environment("RINGLIFT_APP", app.toString())
        .run();
  }

  private Path hashDir(String hash, int power) {
    long partition = Long.parseLong(hash.substring(0, 8), 16) >>> (32 - power);
    return devices.resolve("d1/objects/" + partition + "/" + hash.substring(29) + "/" + hash);
  }

  /** Where that user can read it: a working copy may be in a home of root's. */
  private void copyProgram() throws IOException {
    Path built = IncreaseByHand.RINGLIFT.resolve("../../agent/target/quarkus-app").normalize();
    for (String folder : List.of("app", "lib/main")) {
      Path target = Files.createDirectories(app.resolve(folder));
      try (Stream<Path> jars = Files.list(built.resolve(folder))) {
        for (Path jar : jars.toList()) {
          Files.copy(jar, target.resolve(jar.getFileName()));
        }
      }
    }
  }

  /** As the kernel lists them: in ascending order, each followed by a space. */
  private static String groups() {
    StringBuilder groups = new StringBuilder();
    Stream.of(Command.of("id", "-G", USER).run().orThrow().out().strip().split(" ", -1))
        .map(Integer::valueOf)
        .sorted()
        .forEach(group -> groups.append(group).append(' '));
    return groups.toString();
  }

  private static List<String> owners(Path root) throws IOException {
    List<String> owners = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path each : walk.toList()) {
        owners.add(
            Files.getAttribute(each, "unix:uid") + ":" + Files.getAttribute(each, "unix:gid"));
      }
    }
    return owners;
  }
}
