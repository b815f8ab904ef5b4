package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.e2e.cluster.StorageHost;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import dev.ringlift.testkit.process.Command;
import dev.ringlift.testkit.process.ManagedProcess;
import dev.ringlift.testkit.swift.SwiftFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** From kubectl apply to Complete, undisturbed, and what a user sees of it. */
@Tag("e2e")
@ExtendWith(ApiServerExtension.class)
class WholeWayTest {

  @Test
  void everyObjectIsWhereTheNewRingSays(ApiServer server, @TempDir Path folder) throws IOException {
    try (Story story = new Story(server, folder, 6, 5_000);
        ManagedProcess watch = watch(story, folder.resolve("watch.log"))) {
      story.startAll();
      story.cluster().apply(Story.INCREASE, 7);

      judgeCleanupBeforeFinish(story);
      kubectl(story, "wait", "--for=condition=Complete", "ppi/" + Story.INCREASE, "--timeout=120s");

      assertThat(story.publishedPowers()).containsExactly("6/null", "6/7", "7/7", "7/null");
      story.assertAllAt(7);
      assertReadsWell(story, watch);
      assertNothingIsLeft(story);
      story.wish("ttlAfterFinished: 1s");
      story
          .eventually("it removes itself")
          .until(() -> story.cluster().increase(Story.INCREASE).isEmpty());
    }
  }

  /**
   * Holds the operator while the nodes clean up, and has Swift's own relinker look, on copies of
   * the nodes, for what they may have left undone: first with our state files, which tell it that
   * all is done, then without.
   */
  private static void judgeCleanupBeforeFinish(Story story) throws IOException {
    story.eventually("cleanup begins").until(() -> story.inPhase(Phase.CleaningUp));
    story.cluster().operator().freeze();
    story.eventually("every node has cleaned up").until(() -> cleanedUp(story) == 3);
    for (StorageHost host : story.cluster().hosts()) {
      Path copy = host.folder().resolve("judged");
      Command.of("cp", "-a", host.devicesRoot().toString(), copy.toString()).run().orThrow();
      Files.copy(
          host.ringDirectory().resolve("object.ring.gz"),
          story.swift().directory().resolve("object.ring.gz"),
          StandardCopyOption.REPLACE_EXISTING);
      List<SwiftFile> before = story.swift().tree(copy);
      story.swift().relinker("cleanup", copy).orThrow();
      for (String device : host.devices()) {
        Files.delete(copy.resolve(device).resolve("relink.objects.json"));
      }
      Command.Result walked = story.swift().relinker("cleanup", copy).orThrow();
      assertThat(walked.out() + walked.err())
          .contains("0 linked, 0 removed, 0 errors")
          .doesNotContain("WARNING", "ERROR");
      assertThat(objectFiles(story.swift().tree(copy))).isEqualTo(objectFiles(before));
    }
    story.cluster().operator().thaw();
  }

  private static long cleanedUp(Story story) {
    return story.cluster().tasks().stream()
        .filter(task -> task.getSpec().step() == Step.Cleanup)
        .filter(task -> task.getStatus() != null && task.getStatus().state() == State.Succeeded)
        .count();
  }

  private static List<String> objectFiles(List<SwiftFile> tree) {
    return tree.stream()
        .filter(file -> file.isFile() && file.path().split("/", -1).length == 6)
        .map(file -> file.path() + " " + file.inode())
        .toList();
  }

  private static ManagedProcess watch(Story story, Path log) {
    return ManagedProcess.builder("kubectl get -w", log)
        .command(
            story.server().kubectlCommand("get", "ppi", "-w", "-n", story.cluster().namespace()))
        .start();
  }

  private static void assertReadsWell(Story story, ManagedProcess watch) {
    watch.awaitOutput(Story.INCREASE + " .* Complete .*", Duration.ofSeconds(10));
    assertThat(watch.output().lines().findFirst().orElseThrow().split(" +"))
        .containsExactly(
            "NAME", "POLICY", "FROM", "TO", "PHASE", "PROGRESS", "ETA", "NODES", "ERRORS", "AGE");
    assertThat(watch.output())
        .containsSubsequence(
            "Preparing", "Relinking", "Increasing", "CleaningUp", "Finishing", "Complete");

    String tasks = kubectl(story, "get", "relinktasks");
    assertThat(tasks.lines().findFirst().orElseThrow().split(" +"))
        .containsExactly(
            "NAME",
            "NODE",
            "POLICY",
            "CYCLE",
            "STEP",
            "STATE",
            "PARTITIONS",
            "FILES",
            "FILES/S",
            "ERRORS",
            "AGE");
    for (int node = 1; node <= 3; node++) {
      assertThat(tasks).containsPattern(story.node(node) + " +0 +1 +Relink +Succeeded");
      assertThat(tasks).containsPattern(story.node(node) + " +0 +1 +Verify +Succeeded");
      assertThat(tasks).containsPattern(story.node(node) + " +0 +1 +Cleanup +Succeeded");
    }

    assertThat(kubectl(story, "get", "ppi", Story.INCREASE))
        .containsPattern(Story.INCREASE + " +0 +6 +7 +Complete +100% +3/3 +0 ");
    assertThat(kubectl(story, "describe", "ppi", Story.INCREASE))
        .contains("The ring has partition power 7 everywhere.", "Events:")
        .containsSubsequence("RingPublished", "RingConverged", "PointOfNoReturn", "Completed");
    assertThat(kubectl(story, "get", "storagenodes"))
        .contains(story.node(1), story.node(2), story.node(3));
  }

  private static void assertNothingIsLeft(Story story) {
    for (StorageHost host : story.cluster().hosts()) {
      for (String device : host.devices()) {
        story
            .eventually("state and locks are removed from " + device + " of " + host.name())
            .until(() -> relinkerFiles(host.device(device)).isEmpty());
      }
    }
  }

  private static List<String> relinkerFiles(Path device) throws IOException {
    try (Stream<Path> files = Files.list(device)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.contains("relink"))
          .toList();
    }
  }

  private static String kubectl(Story story, String... arguments) {
    String[] words =
        Stream.concat(Stream.of("-n", story.cluster().namespace()), Stream.of(arguments))
            .toArray(String[]::new);
    return story.server().kubectl(words).orThrow().out();
  }
}
