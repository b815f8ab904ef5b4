package dev.ringlift.relinker;

import static dev.ringlift.relinker.DeviceTree.hash;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The places where real Swift 2.38.3 goes wrong and Ringlift, on the same tree, must not. */
@Tag("swift")
class SwiftUnsafeTest {
  private static final int POWER = 4;
  private static final String DATA = "1700000000.00000.data";
  private static final String HIGH = hash("f8", "abc");

  private static SwiftPython python;

  private final Path directory;
  private final SwiftTree swift;
  private final DeviceTree ours;
  private final Path theirs;

  SwiftUnsafeTest(@TempDir Path directory) {
    this.directory = directory;
    swift = new SwiftTree(python, directory.resolve("swift"), "r");
    ours = new DeviceTree(directory.resolve("ours"));
    theirs = directory.resolve("theirs");
  }

  @BeforeAll
  static void start(@TempDir Path scratch) {
    python = new SwiftPython(scratch);
  }

  @AfterAll
  static void stop() {
    python.close();
  }

  @Test
  void swiftForgetsADeletionByAgeAndRingliftDoesNot() throws Exception {
    ours.write(HIGH, POWER, "1500000000.00000.ts");
    swift.copyKeepingLinks(ours.root(), theirs);
    swift.rings(POWER, "prepared");

    swift.relinker(604800, "relink", theirs, directory.resolve("recon"), List.of());
    DeviceTree.run(ours.relink(POWER));

    assertThat(new DeviceTree(theirs).files()).isEmpty();
    assertThat(ours.names(ours.hashDir(HIGH, POWER + 1))).containsExactly("1500000000.00000.ts");
  }

  @Test
  void swiftLeavesAStaleHashOfAWriteDuringTheIncreaseAndRingliftDoesNot() throws Exception {
    ours.write(HIGH, POWER, DATA);
    swift.copyKeepingLinks(ours.root(), theirs);
    swift.rings(POWER, "prepared");
    swift.relinker("relink", theirs, directory.resolve("recon"));
    DeviceTree.run(ours.relink(POWER));
    // A dual-linked PUT: at both places, and only the old place's suffix is invalidated.
    for (DeviceTree tree : new DeviceTree[] {ours, new DeviceTree(theirs)}) {
      Path written = tree.write(HIGH, POWER, "1700000009.00000.data");
      Files.createLink(tree.hashDir(HIGH, POWER + 1).resolve(written.getFileName()), written);
      Files.delete(tree.hashDir(HIGH, POWER).resolve(DATA));
      Files.delete(tree.hashDir(HIGH, POWER + 1).resolve(DATA));
    }
    swift.rings(POWER, "increased");

    swift.relinker("cleanup", theirs, directory.resolve("recon"));
    DeviceTree.run(ours.cleanup(POWER + 1));

    JsonNode stale = swift.describe(theirs).path("hashes").path("d1/objects/31");
    JsonNode right = swift.describe(ours.root()).path("hashes").path("d1/objects/31");
    swift.forgetHashes(theirs.resolve("d1/objects/31"));
    swift.rehash(theirs);
    JsonNode truth = swift.describe(theirs).path("hashes").path("d1/objects/31");
    assertThat(stale.path("abc").asText()).isNotEqualTo(truth.path("abc").asText());
    assertThat(right.path("abc").asText()).isEqualTo(truth.path("abc").asText());
  }

  @Test
  void swiftSkipsEverythingByTheStateOfACancelledIncreaseAndRingliftDoesNot() throws Exception {
    ours.write(HIGH, POWER, DATA);
    swift.copyKeepingLinks(ours.root(), theirs);
    String stale = "{\"part_power\": 4, \"next_part_power\": 5, \"state\": {\"15\": true}}";
    Files.writeString(ours.device().resolve("relink.objects.json"), stale);
    Files.writeString(theirs.resolve("d1/relink.objects.json"), stale);
    Instant prepared = Instant.now().plusSeconds(60);
    swift.rings(POWER, "prepared");

    int exit = swift.relinker("relink", theirs, directory.resolve("recon"));
    DeviceProgress relinked =
        DeviceTree.run(ours.relink(POWER).ringVersion(5).ringModified(prepared));

    assertThat(exit).isZero();
    assertThat(new DeviceTree(theirs).files()).hasSize(1);
    assertThat(relinked.counters().linked()).isOne();
  }

  @Test
  void swiftLinksWhatAnEarlierIncreaseLeftBackToLifeAndRingliftRefuses() throws Exception {
    String left = hash("38", "abc");
    ours.write(left, POWER - 1, DATA);
    swift.copyKeepingLinks(ours.root(), theirs);
    swift.rings(POWER, "prepared");

    int exit = swift.relinker("relink", theirs, directory.resolve("recon"));
    DeviceProgress refused = DeviceTree.run(ours.relink(POWER));

    assertThat(exit).isZero();
    assertThat(new DeviceTree(theirs).hashDir(left, POWER + 1).resolve(DATA)).exists();
    assertThat(refused.result().orElseThrow()).isInstanceOf(DeviceResult.Stale.class);
    assertThat(ours.hashDir(left, POWER + 1)).doesNotExist();
  }
}
