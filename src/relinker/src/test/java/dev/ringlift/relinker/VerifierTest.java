package dev.ringlift.relinker;

import static dev.ringlift.relinker.DeviceTree.hash;
import static dev.ringlift.relinker.DeviceTree.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.relinker.engine.LocalVerifier;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Posix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What verify finds, and what it must take for right. */
class VerifierTest {
  private static final int POWER = 4;
  private static final String DATA = "1700000000.00000.data";
  private static final String META = "1700000001.00000.meta";
  private static final String TOMBSTONE = "1700000002.00000.ts";
  private static final String LOW = hash("10", "abc");
  private static final String HIGH = hash("f8", "abc");

  private final DeviceTree tree;
  private final List<Problem> findings = Collections.synchronizedList(new ArrayList<>());

  VerifierTest(@TempDir Path root) {
    tree = new DeviceTree(root);
  }

  @Test
  void whatRelinkAndCleanupLeaveIsRight() {
    tree.write(LOW, POWER, DATA);
    tree.write(LOW, POWER, META);
    tree.write(HIGH, POWER, DATA);
    tree.write(HIGH, POWER + 1, TOMBSTONE);
    run(tree.relink(POWER));

    assertThat(verify(tree.relink(POWER)).result()).contains(new DeviceResult.Succeeded(false));

    run(tree.cleanup(POWER + 1));

    assertThat(verify(tree.cleanup(POWER + 1)).result())
        .contains(new DeviceResult.Succeeded(false));
    assertThat(findings).isEmpty();
  }

  /** As one that is unmounted lazily, or mounted over. */
  @ParameterizedTest
  @ValueSource(longs = {15, 1})
  void aDeviceThatIsTakenAwayIsNotVerified(long when) {
    tree.write(LOW, POWER, DATA);
    tree.write(HIGH, POWER, DATA);
    run(tree.relink(POWER));

    DeviceProgress progress =
        verify(
            tree.relink(POWER),
            (device, partition) -> {
              if (partition == when) {
                moveAway();
              }
              return Optional.empty();
            });

    assertThat(progress.result().orElseThrow().message())
        .isEqualTo("look for the device at its place: the device is gone (ENODEV).");
    assertThat(progress.result().orElseThrow()).isInstanceOf(DeviceResult.Failed.class);
    assertThat(progress.counters().errors()).isOne();
  }

  private void moveAway() {
    try {
      Files.move(tree.device(), tree.root().resolve("elsewhere"));
      Files.createDirectories(tree.device().resolve("objects"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aFileWithoutItsLinkIsNamed() throws IOException {
    tree.write(LOW, POWER, DATA);
    tree.write(LOW, POWER, META);
    tree.write(HIGH, POWER, DATA);
    run(tree.relink(POWER));
    Files.delete(tree.hashDir(LOW, POWER + 1).resolve(META));

    DeviceProgress progress = verify(tree.relink(POWER));

    assertThat(progress.result().orElseThrow()).isInstanceOf(DeviceResult.Failed.class);
    assertThat(progress.counters()).isEqualTo(new Counters(2, 3, 0, 0, 1));
    assertThat(findings)
        .containsExactly(
            new Problem(
                "d1/objects/1/abc/" + LOW + "/" + META,
                "",
                "The file has no link at its new place"));
  }

  @Test
  void aDeviceThatWasNeverRelinkedIsWrongInEveryFile() {
    tree.write(LOW, POWER, DATA);
    tree.write(HIGH, POWER, DATA);

    assertThat(verify(tree.relink(POWER)).counters().errors()).isEqualTo(2);
  }

  @Test
  void anotherFileOfTheSameNameIsNoTwinButAnotherTombstoneIs() {
    tree.write(LOW, POWER, DATA);
    tree.write(LOW, POWER + 1, DATA);
    tree.write(HIGH, POWER, TOMBSTONE);
    tree.write(HIGH, POWER + 1, TOMBSTONE);

    verify(tree.relink(POWER));

    assertThat(findings)
        .containsExactly(
            new Problem(
                "d1/objects/1/abc/" + LOW + "/" + DATA,
                "",
                "Another file has this name at the new place"));
  }

  @Test
  void whatWasLeftAtAnOldPlaceIsNamed() {
    tree.write(LOW, POWER, DATA);
    run(tree.relink(POWER));
    run(tree.cleanup(POWER + 1));
    tree.write(HIGH, POWER, DATA);

    verify(tree.cleanup(POWER + 1));

    assertThat(findings)
        .containsExactly(
            new Problem(
                "d1/objects/15/abc/" + HIGH + "/" + DATA,
                "",
                "The file was left at its old place"));
  }

  @Test
  void nothingIsWritten() {
    tree.write(LOW, POWER, DATA);

    verify(tree.relink(POWER));
    verify(tree.cleanup(POWER + 1));

    assertThat(tree.names(tree.device())).containsExactly("objects");
    assertThat(tree.names(tree.device().resolve("objects"))).containsExactly("1");
  }

  @Test
  void aLinkThatIsMadeMeanwhileIsSeen() {
    Path file = tree.write(LOW, POWER, DATA);
    Path link = tree.hashDir(LOW, POWER + 1).resolve(DATA);
    class ObjectServer extends Posix {
      @Override
      public int openDirectory(int directory, long name) {
        int answer = super.openDirectory(directory, name);
        if (answer == -Errno.ENOENT && !Files.exists(link)) {
          try {
            Files.createDirectories(link.getParent());
            Files.createLink(link, file);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
        return answer;
      }
    }

    DeviceProgress progress =
        verify(
            new LocalVerifier(ObjectServer::new, Clock.systemUTC()),
            tree.relink(POWER),
            Verification.full(findings::add));

    assertThat(link).exists();
    assertThat(progress.result()).contains(new DeviceResult.Succeeded(false));
  }

  @Test
  void aSampleIsFromEverywhereAndAnotherSeedLooksElsewhere() {
    for (int i = 0; i < 256; i++) {
      tree.write(hash("%02x8".formatted(i), "abc"), 8, DATA);
    }

    for (long seed = 1; seed <= 2; seed++) {
      DeviceProgress progress =
          verify(Verifier.create(), tree.relink(8), new Verification(0.125, seed, findings::add));
      assertThat(progress.partitionsDone()).isEqualTo(32);
      assertThat(progress.counters().errors()).isEqualTo(32);
    }

    List<Integer> partitions =
        findings.stream().map(each -> Integer.valueOf(each.path().split("/", 4)[2])).toList();
    List<Integer> first = partitions.subList(0, 32).stream().sorted().toList();
    assertThat(partitions.subList(32, 64)).doesNotContainSequence(first);
    for (int i = 0; i < 32; i++) {
      assertThat(first.get(i)).isBetween(8 * i, 8 * i + 7);
    }
  }

  @Test
  void aSymbolicLinkInPlaceOfADirectoryIsNoTwin() throws IOException {
    tree.write(HIGH, POWER, DATA);
    Files.createDirectories(tree.device().resolve("objects/31"));
    Files.createSymbolicLink(
        tree.device().resolve("objects/31/abc"), tree.device().resolve("objects/15/abc"));

    DeviceProgress progress = verify(tree.relink(POWER));

    assertThat(progress.counters().errors()).isEqualTo(1);
  }

  private DeviceProgress verify(RelinkRequest.Builder request) {
    return verify(request, Guard.NONE);
  }

  private DeviceProgress verify(RelinkRequest.Builder request, Guard guard) {
    return verify(Verifier.create(), request, Verification.full(findings::add), guard);
  }

  private static DeviceProgress verify(
      Verifier verifier, RelinkRequest.Builder request, Verification verification) {
    return verify(verifier, request, verification, Guard.NONE);
  }

  private static DeviceProgress verify(
      Verifier verifier, RelinkRequest.Builder request, Verification verification, Guard guard) {
    try (RelinkRun run = verifier.start(request.build(), verification, new LiveSettings(), guard)) {
      run.await();
      return run.progress().getFirst();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
