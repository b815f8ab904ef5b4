package dev.ringlift.testkit.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyntheticTreeTest {
  private static final int POWER = 3;

  private Path root;
  private SyntheticTree tree;

  @BeforeEach
  void fourDevicesWithTwoReplicas(@TempDir Path folder) {
    root = folder;
    tree =
        SyntheticTree.create(
            TreeSettings.of(60, POWER, Instant.parse("2026-01-01T00:00:00Z")), at(POWER));
  }

  /** Partition X of power 3 on two of four devices; those of other powers where X's are. */
  private Placement at(int power) {
    return partition -> {
      int first = power > POWER ? partition >> (power - POWER) : partition;
      return List.of(root.resolve("d" + first % 4), root.resolve("d" + (first + 1) % 4));
    };
  }

  @Test
  void findsAllThatItMade() {
    TreeCheck check = tree.check(POWER, at(POWER));
    assertThat(check.firstFaults()).isEmpty();
    assertThat(check.files()).isEqualTo(tree.files()).isEqualTo(2 * (60 + 3));
  }

  @Test
  void isContentWithATreeThatMovedToTheNextPower() {
    forEachHashDirectory(hash -> move(hash, POWER + 1));
    assertThat(tree.check(POWER + 1, at(POWER + 1)).firstFaults()).isEmpty();
    assertThat(tree.check(POWER, at(POWER)).faults()).isGreaterThan(60);
  }

  @Test
  void namesAMissingFile() throws IOException {
    Path victim = firstFile();
    Files.delete(victim);
    assertThat(tree.check(POWER, at(POWER)).firstFaults()).containsExactly("missing: " + victim);
  }

  @Test
  void tellsACopyFromTheFileItself() throws IOException {
    Path victim = firstFile();
    // the original is kept, so that its inode can't be given to the copy
    Files.move(victim, root.resolve("original"));
    Files.copy(root.resolve("original"), victim);
    assertThat(tree.check(POWER, at(POWER)).firstFaults())
        .containsExactly("a copy, not the file itself: " + victim);
  }

  @Test
  void seesChangedContents() throws IOException {
    Path victim = firstFile();
    Files.writeString(victim, "something else");
    assertThat(tree.check(POWER, at(POWER)).firstFaults())
        .containsExactly("wrong contents: " + victim);
  }

  @Test
  void seesWhatIsLeftAtAnOldPlace() throws IOException {
    Path file = firstFile();
    String hash = file.getName(file.getNameCount() - 2).toString();
    Path elsewhere = file.resolve("../../../../99/abc").resolve(hash).normalize();
    Files.createDirectories(elsewhere);
    assertThat(tree.check(POWER, at(POWER)).firstFaults())
        .containsExactly("left at an old place: " + elsewhere);
  }

  @Test
  void seesFilesThatNobodyMade() throws IOException {
    Files.createFile(firstFile().resolveSibling("1800000000.00000.data"));
    assertThat(tree.check(POWER, at(POWER)).faults()).isEqualTo(1);
  }

  private Path firstFile() {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(path -> path.toString().endsWith(".data"))
          .sorted()
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Visit {
    void accept(Path hashDirectory) throws IOException;
  }

  private void forEachHashDirectory(Visit visit) {
    try (Stream<Path> folders = Files.walk(root, 5)) {
      for (Path folder : folders.toList()) {
        if (folder.getFileName().toString().length() == 32) {
          visit.accept(folder);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void move(Path hash, int power) throws IOException {
    String name = hash.getFileName().toString();
    long partition = Long.parseLong(name.substring(0, 8), 16) >> (32 - power);
    Path target = hash.resolve("../../../" + partition).normalize().resolve(name.substring(29));
    Files.createDirectories(target);
    if (!target.resolve(name).equals(hash)) {
      Files.move(hash, target.resolve(name));
    }
  }
}
