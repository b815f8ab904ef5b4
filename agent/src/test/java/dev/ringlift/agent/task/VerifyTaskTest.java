package dev.ringlift.agent.task;

import static dev.ringlift.agent.task.Tasks.inNextRound;
import static dev.ringlift.agent.task.Tasks.spec;
import static dev.ringlift.agent.task.Tasks.task;
import static dev.ringlift.agent.task.Tasks.verifySpec;
import static dev.ringlift.agent.task.Tasks.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Verify;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceError;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.relinker.Counters;
import dev.ringlift.relinker.DeviceResult;
import dev.ringlift.relinker.Step;
import dev.ringlift.relinker.Verification;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that only look. */
class VerifyTaskTest {
  private static final String NAME = "verify-node-1";

  private final TestNode node;
  private String md5;

  VerifyTaskTest(@TempDir Path ringDirectory) {
    node = new TestNode(ringDirectory, "sda", "sdb");
  }

  @BeforeEach
  void prepareTheRing() throws IOException {
    md5 = node.writeRing("10 11");
  }

  @Test
  void looksAtASampleAndTellsReconNothing() {
    node.api.put(task(NAME, verifySpec(md5, Verify.Sample, 0, "sda", "sdb"), 1, null));

    node.turn();
    assertThat(node.api.status(NAME).state()).isEqualTo(State.Running);
    assertThat(node.relinker.verifications)
        .singleElement()
        .extracting(Verification::share)
        .isEqualTo(Verification.SAMPLE);
    assertThat(node.relinker.last().request.step()).isEqualTo(Step.RELINK);
    node.relinker.last().count("sda", new Counters(10, 20, 0, 0, 0));
    node.relinker.last().succeed();
    node.turn();

    RelinkTaskStatus done = node.api.status(NAME);
    assertThat(done.state()).isEqualTo(State.Succeeded);
    assertThat(done.files()).isEqualTo(20);
    assertThat(node.recon.calls).isEmpty();
  }

  @Test
  void looksAtEverythingWhenAskedTo() {
    node.api.put(task(NAME, verifySpec(md5, Verify.Full, 0, "sda"), 1, null));

    node.turn();

    assertThat(node.relinker.verifications.getFirst().share()).isEqualTo(1);
  }

  @Test
  void failsWithCountsAndPathsWhereALinkIsMissing() {
    node.api.put(task(NAME, verifySpec(md5, Verify.Full, 0, "sda", "sdb"), 1, null));
    node.turn();
    node.relinker.last().succeed();
    node.relinker.last().count("sdb", new Counters(10, 20, 0, 0, 3));
    node.relinker
        .last()
        .end("sdb", new DeviceResult.Failed("3 files are not as relink leaves them."));

    node.turn();

    RelinkTaskStatus failed = node.api.status(NAME);
    assertThat(failed.state()).isEqualTo(State.Failed);
    assertThat(failed.message()).isEqualTo("sdb: 3 files are not as relink leaves them.");
    assertThat(failed.errors()).isEqualTo(3);
    assertThat(failed.firstErrors())
        .containsExactly(new DeviceError("sdb", "sdb/objects/7/abc", "Input/output error"));
  }

  @Test
  void looksAtTheSamePartitionsInAnotherAttemptAndAtOthersInAnotherRound() {
    RelinkTask task = task(NAME, verifySpec(md5, Verify.Sample, 0, "sda"), 1, null);
    node.api.put(task);
    node.turn();
    node.relinker.last().stop("The agent was stopped.");
    node.turn();
    node.turn();
    node.api.put(with(node.api.read(NAME).orElseThrow(), inNextRound(task.getSpec(), md5)));
    node.turn();
    node.turn();

    assertThat(node.relinker.verifications).hasSize(3);
    long seed = node.relinker.verifications.get(0).seed();
    assertThat(node.relinker.verifications.get(1).seed()).isEqualTo(seed);
    assertThat(node.relinker.verifications.get(2).seed()).isNotEqualTo(seed);
  }

  @Test
  void holdsStillAndStopsByTheRulesOfEveryTask() throws IOException {
    RelinkTask task = task(NAME, verifySpec(md5, Verify.Full, 0, "sda"), 1, null);
    node.api.put(task);
    node.turn();
    node.api.put(with(node.api.read(NAME).orElseThrow(), task.getSpec().withPaused(true)));
    node.turn();
    assertThat(node.relinker.last().settings.paused()).isTrue();
    assertThat(node.relinker.last().guard.reasonToStop("sda", 1)).isEmpty();

    node.writeRing("10 10");

    assertThat(node.relinker.last().guard.reasonToStop("sda", 1).orElseThrow())
        .startsWith("Waits for the ring");
  }

  @Test
  void waitsForATaskThatWorksOnTheSameDevice() {
    node.api.put(task("a-relink", spec(md5, 1, "sda"), 1, null));
    node.api.put(task(NAME, verifySpec(md5, Verify.Full, 0, "sda"), 1, null));

    node.turn();

    assertThat(node.relinker.verifications).isEmpty();
    assertThat(node.api.status(NAME).message())
        .isEqualTo("Waits for the task a-relink, which works on sda.");
  }
}
