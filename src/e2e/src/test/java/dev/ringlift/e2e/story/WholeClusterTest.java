package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.testkit.kube.Machine;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The chart and the images on a whole Kubernetes: installed, disturbed in the middle of an increase
 * in every way that an administrator's day knows, and removed.
 */
@Tag("cluster")
class WholeClusterTest {

  @Test
  void anIncreaseOutlivesUpgradeEvictionAndPowerFailure(@TempDir Path folder) {
    try (WholeClusterStory story = new WholeClusterStory(folder, 6, 600)) {
      story.tell(() -> tell(story));
    }
  }

  private static void tell(WholeClusterStory story) {
    story.install();
    assertRunsWithoutRights(story);
    story.apply(7, 4);
    story.eventually("objects are linked").until(() -> story.filesDone() > 0);

    Set<String> agents = story.agents();
    story.upgrade("30s");
    assertThat(story.agents()).as("agents after a change of the operator alone").isEqualTo(agents);
    story.eventually("it goes on under another operator").until(story::goesOn);

    story.evictAgent(story.machines().getFirst());
    story.eventually("it goes on under another agent").until(story::goesOn);

    Machine lost = story.machines().getLast();
    lost.powerOff();
    story
        .eventually("the node is missed")
        .until(() -> story.conditionMessage("Degraded").contains(lost.name()));
    lost.start();
    lost.awaitReady();
    story.setRate(0);
    story.eventually("the increase is Complete").until(() -> story.phase() == Phase.Complete);

    story.assertAllAt(7);
    assertThat(story.uninstall())
        .as("what Helm says of what it leaves")
        .contains("partitionpowerincreases.ringlift.dev", "storagenodes.ringlift.dev");
    story.assertDataIsLeftAlone(7);
  }

  private static void assertRunsWithoutRights(WholeClusterStory story) {
    for (Machine machine : story.machines()) {
      assertThat(story.processStatus(machine))
          .containsPattern("Uid:\\s+42445\\s+42445\\s+42445")
          .containsPattern("CapEff:\\s+0000000000000000")
          .containsPattern("NoNewPrivs:\\s+1")
          .containsPattern("Seccomp:\\s+2");
    }
  }
}
