package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.ErrorCount;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.e2e.cluster.ProcessSettings;
import dev.ringlift.e2e.cluster.RingLayout;
import dev.ringlift.testkit.MountedDevices;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** One disk goes bad, another is full: each is named, and keeps no other from its work. */
@Tag("e2e")
@Tag("full")
@ExtendWith(ApiServerExtension.class)
class DiskFaultsTest {
  private static final String DISK = "d1";
  private static final int INODES = 50_000;

  @Test
  void theIncreaseWaitsForADiskThatFailsOrIsFullAndForNoOtherReason(
      ApiServer server, @TempDir Path folder) throws IOException {
    try (MountedDevices mounts = new MountedDevices();
        Story story =
            new Story(
                server,
                folder,
                6,
                500,
                RingLayout.ONE_MAP,
                ProcessSettings.quick(),
                hosts -> hosts.forEach(host -> mount(mounts, host.device(DISK))))) {
      Path bad = disk(story, 1);
      Path full = disk(story, 2);
      story.startAll();
      story
          .cluster()
          .apply(
              Story.INCREASE,
              7,
              "  gates: {relink: Manual, cleanup: Manual}\n  relinker: {retries: 20}\n");

      story.eventually("it asks").until(() -> story.inPhase(Phase.AwaitingApproval));
      mounts.remount(bad, "ro");
      mounts.remount(full, "nr_inodes=" + (mounts.inodes(full) + 20));
      approve(story, "Relink/1");
      awaitNamed(story, Step.Relink, 1, "EROFS");
      awaitNamed(story, Step.Relink, 2, "ENOSPC");
      story
          .eventually("both kinds of errors are counted apart")
          .until(
              () ->
                  kinds(story)
                      .containsAll(List.of(ErrorCount.Kind.ReadOnly, ErrorCount.Kind.Full)));
      awaitOthersDone(story, Step.Relink);
      assertThat(story.inPhase(Phase.Relinking)).isTrue();
      assertThat(story.publishedPowers()).containsExactly("6/null", "6/7");

      mounts.remount(bad, "rw");
      mounts.remount(full, "nr_inodes=" + INODES);
      story.eventually("it asks").until(() -> story.inPhase(Phase.AwaitingApproval));
      mounts.remount(bad, "ro");
      approve(story, "Cleanup/1");
      awaitNamed(story, Step.Cleanup, 1, "EROFS");
      awaitOthersDone(story, Step.Cleanup);
      assertThat(story.publishedPowers()).containsExactly("6/null", "6/7", "7/7");

      mounts.remount(bad, "rw");
      story.awaitComplete();
      assertThat(story.conditionMessage("Degraded", "False")).isNotEmpty();
      story.assertAllAt(7);
    }
  }

  private static void mount(MountedDevices mounts, Path disk) {
    try {
      mounts.tmpfs(disk, "size=64m,nr_inodes=" + INODES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path disk(Story story, int node) {
    return story.cluster().host(story.node(node)).device(DISK);
  }

  private static void approve(Story story, String gate) {
    story.kubectl("annotate", "ppi", Story.INCREASE, "ringlift.dev/approve=" + gate);
  }

  /** With its node, and with what the kernel said. */
  private static void awaitNamed(Story story, Step step, int node, String error) {
    String name = story.node(node);
    story
        .eventually(step + " fails on the disk of " + name)
        .untilAsserted(
            () ->
                assertThat(problems(story))
                    .anySatisfy(
                        problem -> {
                          assertThat(problem.reason()).isEqualTo("DeviceFailed");
                          assertThat(problem.node()).isEqualTo(name);
                          assertThat(problem.device()).isEqualTo(DISK);
                          assertThat(problem.message()).contains(error);
                        }));
  }

  /** What the gauges of errors show. */
  private static List<ErrorCount.Kind> kinds(Story story) {
    return story.status().map(PartitionPowerIncreaseStatus::progress).stream()
        .flatMap(progress -> progress.errorsByKind().stream())
        .map(ErrorCount::kind)
        .toList();
  }

  private static List<Problem> problems(Story story) {
    return story.status().map(status -> status.problems()).orElse(List.of());
  }

  private static void awaitOthersDone(Story story, Step step) {
    story
        .eventually("the other disks of the same node are done")
        .until(
            () ->
                story.taskStatus(story.node(1), step).stream()
                        .flatMap(status -> status.devices().stream())
                        .filter(device -> !device.name().equals(DISK))
                        .map(DeviceProgress::state)
                        .filter(state -> state == DeviceState.Succeeded)
                        .count()
                    == 3);
  }
}
