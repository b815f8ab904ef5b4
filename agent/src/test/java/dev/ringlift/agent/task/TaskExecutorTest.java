package dev.ringlift.agent.task;

import static dev.ringlift.agent.task.Tasks.device;
import static dev.ringlift.agent.task.Tasks.inNextRound;
import static dev.ringlift.agent.task.Tasks.spec;
import static dev.ringlift.agent.task.Tasks.status;
import static dev.ringlift.agent.task.Tasks.task;
import static dev.ringlift.agent.task.Tasks.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringlift.agent.FakeClock;
import dev.ringlift.api.v1alpha1.ErrorCount;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.api.v1alpha1.RelinkerSettings;
import dev.ringlift.api.v1alpha1.RelinkerSettings.IoClass;
import dev.ringlift.relinker.Counters;
import dev.ringlift.relinker.DeviceResult;
import dev.ringlift.relinker.LiveSettings;
import dev.ringlift.relinker.RunIdentity;
import dev.ringlift.relinker.Scheduling;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskExecutorTest {
  private static final String NAME = "relink-node-1";

  @TempDir Path ringDirectory;
  private TestNode node;
  private FakeClock clock;
  private FakeTaskApi api;
  private FakeRelinker relinker;
  private FakeRecon recon;
  private String md5;
  private TaskExecutor executor;

  @BeforeEach
  void setUp() throws IOException {
    node = new TestNode(ringDirectory, "sda", "sdb");
    clock = node.clock;
    api = node.api;
    relinker = node.relinker;
    recon = node.recon;
    executor = node.executor;
    md5 = writeRing("10 11");
  }

  @Test
  void runsATaskToItsEnd() {
    api.put(task(NAME, spec(md5, 1, "sda", "sdb"), 1, null));

    turn();
    assertThat(api.status(NAME).state()).isEqualTo(State.Running);
    assertThat(relinker.last().request.identity()).contains(new RunIdentity("increase-uid", 1));
    assertThat(relinker.last().request.ringVersion()).contains(7L);
    assertThat(relinker.last().request.devices()).containsExactlyInAnyOrder("sda", "sdb");
    assertThat(executor.busy(0)).isTrue();

    relinker.last().count("sda", new Counters(10, 20, 19, 0, 0));
    relinker.last().count("sdb", new Counters(1, 2, 2, 0, 0));
    relinker.last().succeed();
    turn();

    RelinkTaskStatus done = api.status(NAME);
    assertThat(done.state()).isEqualTo(State.Succeeded);
    assertThat(done.partitions()).isEqualTo("400/400");
    assertThat(done.files()).isEqualTo(22);
    assertThat(done.linked()).isEqualTo(21);
    assertThat(done.completionTime()).isEqualTo(clock.instant().toString());
    assertThat(done.devices()).extracting(d -> d.state()).containsOnly(DeviceState.Succeeded);
    assertThat(recon.calls).startsWith("reset").endsWith("finish 0");
    assertThat(executor.busy(0)).isFalse();

    turn();
    assertThat(relinker.runs).hasSize(1);
  }

  @Test
  void saysThatATaskRunsBeforeTheFirstDeviceIsTouched() {
    api.put(task(NAME, spec(md5, 1, "sda"), 1, null));
    RelinkTask known = task(NAME, spec(md5, 1, "sda"), 1, null);
    api.cutOff = true;

    assertThatThrownBy(() -> executor.turn(List.of(known))).hasMessageContaining("out of reach");

    assertThat(relinker.runs).isEmpty();
  }

  @Test
  void failsWhenADeviceFailsAndSaysWhy() {
    api.put(task(NAME, spec(md5, 1, "sda", "sdb"), 1, null));
    turn();
    relinker.last().end("sda", new DeviceResult.Succeeded(false));
    relinker.last().count("sdb", new Counters(1, 2, 1, 0, 1));
    relinker.last().end("sdb", new DeviceResult.Failed("1 error; see the first ones."));

    turn();

    RelinkTaskStatus failed = api.status(NAME);
    assertThat(failed.state()).isEqualTo(State.Failed);
    assertThat(failed.message()).isEqualTo("sdb: 1 error; see the first ones.");
    assertThat(failed.errors()).isEqualTo(1);
    assertThat(failed.devices().getLast().errorsByKind())
        .containsExactly(new ErrorCount(ErrorCount.Kind.Io, 1));
    assertThat(failed.firstErrors())
        .containsExactly(
            new RelinkTaskStatus.DeviceError("sdb", "sdb/objects/7/abc", "Input/output error"));
    assertThat(recon.calls).endsWith("finish 1");
  }

  @Test
  void neverSucceedsWhileErrorsWereCounted() {
    api.put(task(NAME, spec(md5, 1, "sda", "sdb"), 1, null));
    turn();
    relinker.last().count("sda", new Counters(1, 2, 1, 0, 1));
    relinker.last().succeed();

    turn();

    assertThat(api.status(NAME).state()).isEqualTo(State.Failed);
    assertThat(api.status(NAME).message()).isEqualTo("sda: 1 errors.");
  }

  @Test
  void failsADeviceThatIsNotThereAndDoesTheOthers() {
    api.put(task(NAME, spec(md5, 1, "sda", "sdz"), 1, null));
    turn();
    assertThat(relinker.last().request.devices()).containsExactlyInAnyOrder("sda", "sdb");
    relinker.last().succeed();

    turn();

    assertThat(api.status(NAME).state()).isEqualTo(State.Failed);
    assertThat(api.status(NAME).message())
        .isEqualTo("sdz: There is no device sdz in /srv/node on this node.");
  }

  /** Whoever can write tasks: the relinker is given only names that were found in the root. */
  @ParameterizedTest
  @ValueSource(strings = {"..", ".", "../outside", "/etc", "sda/objects", "sda/../../outside", ""})
  void touchesNothingOutsideOfTheDevicesRoot(String elsewhere) {
    api.put(task(NAME, spec(md5, 1, "sda", elsewhere), 1, null));
    turn();
    assertThat(relinker.last().request.devices()).containsExactlyInAnyOrder("sda", "sdb");
    relinker.last().succeed();

    turn();

    assertThat(api.status(NAME).state()).isEqualTo(State.Failed);
    assertThat(api.status(NAME).message()).contains("There is no device " + elsewhere);
  }

  @Test
  void neverSucceedsWithoutARun() {
    RelinkTaskStatus halfDone = status(State.Running, 1, device("sda", DeviceState.Succeeded));
    api.put(task(NAME, spec(md5, 1, "sda", "sdb"), 1, halfDone));
    relinker.broken = true;

    assertThatThrownBy(this::turn).hasMessage("no run can be begun");
    turn();

    assertThat(api.status(NAME).state()).isEqualTo(State.Failed);
    assertThat(api.status(NAME).message()).isEqualTo("sdb: The work on it could not be begun.");
  }

  @Test
  void failsADeviceThatWasHalfDoneAndIsGoneEvenIfNobodyAskedForIt() {
    RelinkTaskStatus interrupted =
        status(
            State.Running,
            1,
            device("sda", DeviceState.Running),
            device("foreign", DeviceState.Running));
    api.put(task(NAME, spec(md5, 1, "sda"), 1, interrupted));

    turn();
    relinker.last().succeed();
    turn();
    turn();

    assertThat(api.status(NAME).state()).isEqualTo(State.Failed);
    assertThat(api.status(NAME).message()).startsWith("foreign: There is no device foreign");
    assertThat(relinker.runs).hasSize(1);
  }

  @Test
  void neverAsksForAllDevicesWhenNoneIsLeft() {
    RelinkTaskStatus allDone =
        status(
            State.Running,
            1,
            device("sda", DeviceState.Succeeded),
            device("sdb", DeviceState.Succeeded));
    api.put(task(NAME, spec(md5, 1, "sda", "sdb"), 1, allDone));

    turn();
    turn();

    assertThat(relinker.runs).isEmpty();
    assertThat(api.status(NAME).state()).isEqualTo(State.Succeeded);
  }

  @Test
  void takesUpATaskOfAKilledAgentAndKeepsItsCounts() {
    RelinkTaskStatus interrupted =
        status(
            State.Running,
            1,
            device("sda", DeviceState.Succeeded),
            device("sdb", DeviceState.Running));
    api.put(task(NAME, spec(md5, 1, "sda", "sdb"), 1, interrupted));

    turn();
    assertThat(relinker.last().request.devices()).containsExactly("sdb");
    relinker.last().count("sdb", new Counters(1, 5, 5, 0, 0));
    relinker.last().succeed();
    turn();

    RelinkTaskStatus done = api.status(NAME);
    assertThat(done.state()).isEqualTo(State.Succeeded);
    assertThat(done.files()).isEqualTo(2005);
    assertThat(done.startTime()).isEqualTo(interrupted.startTime());
  }

  @Test
  void waitsForTheRingAndSaysSoOnce() throws IOException {
    api.put(task(NAME, spec(Tasks.OTHER_MD5, 1, "sda"), 1, null));

    turn();
    turn();

    assertThat(api.status(NAME).state()).isEqualTo(State.Pending);
    assertThat(api.status(NAME).message()).startsWith("Waits for the ring fedcba98");
    assertThat(api.writes).hasSize(1);
    assertThat(relinker.runs).isEmpty();
  }

  @Test
  void stopsAtTheNextPartitionWhenTheRingChanges() throws IOException {
    api.put(task(NAME, spec(md5, 1, "sda"), 1, null));
    turn();
    assertThat(relinker.last().guard.reasonToStop("sda", 1)).isEmpty();

    writeRing("10 10");

    assertThat(relinker.last().guard.reasonToStop("sda", 1).orElseThrow())
        .startsWith("Waits for the ring");
    turn();
    turn();
    assertThat(api.status(NAME).state()).isEqualTo(State.Pending);

    writeRing("10 11");
    turn();
    assertThat(relinker.runs).hasSize(2);
    assertThat(api.status(NAME).state()).isEqualTo(State.Running);
  }

  @Test
  void stopsAtTheNextPartitionWhenTheLeaseHasRunOutThoughTheApiServerHangs() {
    api.put(task(NAME, spec(md5, 1, "sda"), 1, null));
    turn();

    clock.advance(Duration.ofSeconds(41));

    assertThat(relinker.last().guard.reasonToStop("sda", 1).orElseThrow())
        .contains("has not reached the API server");
  }

  @Test
  void neverTakesUpAnEndedTaskOnTheWordOfAnOldCopy() {
    RelinkTask old = task(NAME, spec(md5, 1, "sda"), 1, status(State.Running, 1));
    api.put(with(old, status(State.Succeeded, 1, device("sda", DeviceState.Succeeded))));

    executor.turn(List.of(old));

    assertThat(relinker.runs).isEmpty();
    assertThat(api.status(NAME).state()).isEqualTo(State.Succeeded);
  }

  @Test
  void neverBeginsATaskThatIsGoneOrWasMadeAnew() {
    RelinkTask old = task(NAME, spec(md5, 1, "sda"), 1, null);

    executor.turn(List.of(old));
    RelinkTask anew = task(NAME, spec(md5, 1, "sda"), 1, null);
    anew.getMetadata().setUid("another");
    api.put(anew);
    executor.turn(List.of(old));

    assertThat(relinker.runs).isEmpty();
  }

  @Test
  void stopsWhenItsTaskIsDeleted() {
    api.put(task(NAME, spec(md5, 1, "sda"), 1, null));
    turn();
    api.tasks.clear();

    turn();
    turn();

    assertThat(relinker.last().stopReason).isEqualTo("The task was deleted.");
    assertThat(executor.busy(0)).isFalse();
  }

  @Test
  void stopsWhenItsIncreaseIsGoneAndDoesNotBeginAgain() {
    api.put(task(NAME, spec(md5, 1, "sda"), 1, null));
    turn();
    api.ownerGone = true;
    turn();
    assertThat(relinker.last().stopReason).isEmpty();

    clock.advance(Duration.ofSeconds(30));
    turn();
    turn();

    assertThat(relinker.last().stopReason)
        .isEqualTo("The increase that the task belongs to is gone.");
    assertThat(relinker.runs).hasSize(1);
  }

  @Test
  void obeysNewSettingsAtOnce() {
    RelinkTask task = task(NAME, spec(md5, 1, "sda"), 1, null);
    api.put(task);
    turn();
    api.put(with(task, spec(md5, 1, RelinkerSettings.of(3, 70), "sda")));

    turn();

    assertThat(relinker.last().settings.workersPerDevice()).isEqualTo(3);
    assertThat(relinker.last().settings.filesPerSecond()).isEqualTo(70);
    assertThat(relinker.runs).hasSize(1);
  }

  @Test
  void turnsEveryKnobWhileItRuns() {
    RelinkTask task = task(NAME, spec(md5, 1, "sda"), 1, null);
    api.put(task);
    turn();
    LiveSettings live = relinker.last().settings;
    assertThat(live.ioPressureLimit()).isZero();
    assertThat(live.clobberHardlinkCollisions()).isFalse();
    assertThat(live.scheduling()).isEqualTo(Scheduling.NORMAL);

    api.put(with(task, spec(md5, 1, new RelinkerSettings(0, 0, 25, 3, true, IoClass.Idle), "sda")));
    turn();
    assertThat(live.ioPressureLimit()).isEqualTo(25);
    assertThat(live.clobberHardlinkCollisions()).isTrue();
    assertThat(live.scheduling()).isEqualTo(Scheduling.of(Scheduling.IoClass.IDLE));

    api.put(with(task, spec(md5, 1, "sda")));
    turn();
    assertThat(live.ioPressureLimit()).isZero();
    assertThat(live.clobberHardlinkCollisions()).isFalse();
    assertThat(live.scheduling()).isEqualTo(Scheduling.NORMAL);
    assertThat(relinker.runs).hasSize(1);
  }

  @Test
  void holdsStillWhilePausedAndGoesOnInTheSameRun() {
    RelinkTask task = task(NAME, spec(md5, 1, "sda"), 1, null);
    api.put(task);
    turn();
    api.put(with(api.read(NAME).orElseThrow(), task.getSpec().withPaused(true)));

    turn();
    assertThat(relinker.last().settings.paused()).isTrue();
    assertThat(api.status(NAME).state()).isEqualTo(State.Paused);

    api.put(with(api.read(NAME).orElseThrow(), task.getSpec()));
    turn();
    assertThat(relinker.last().settings.paused()).isFalse();
    assertThat(api.status(NAME).state()).isEqualTo(State.Running);
    assertThat(relinker.runs).hasSize(1);
    relinker.last().succeed();
    turn();
    turn();
    assertThat(api.status(NAME).state()).isEqualTo(State.Succeeded);
    assertThat(api.status(NAME).observedGeneration()).isEqualTo(3);
  }

  @Test
  void isNotBegunWhilePausedAndSaysSo() {
    RelinkTask task = task(NAME, spec(md5, 1, "sda").withPaused(true), 1, null);
    api.put(task);

    turn();
    turn();

    assertThat(relinker.runs).isEmpty();
    assertThat(api.status(NAME).state()).isEqualTo(State.Paused);
    assertThat(api.writes).hasSize(1);

    api.put(with(api.read(NAME).orElseThrow(), task.getSpec().withPaused(false)));
    turn();
    assertThat(api.status(NAME).state()).isEqualTo(State.Running);
  }

  @Test
  void claimsNothingInANewRoundThatWasDoneInTheLast() throws IOException {
    RelinkTask task = task(NAME, spec(md5, 1, "sda", "sdb"), 1, null);
    api.put(task);
    turn();
    relinker.last().count("sda", new Counters(1, 7, 7, 0, 0));
    relinker.last().succeed();
    turn();
    assertThat(api.status(NAME).state()).isEqualTo(State.Succeeded);
    api.put(with(api.read(NAME).orElseThrow(), inNextRound(task.getSpec(), Tasks.OTHER_MD5)));

    turn(); // this node does not see that ring yet
    assertThat(api.status(NAME).state()).isEqualTo(State.Pending);
    assertThat(api.status(NAME).round()).isEqualTo(1);
    assertThat(api.status(NAME).devices())
        .allMatch(device -> device.state() == DeviceState.Pending && device.files() == 0);

    api.put(with(api.read(NAME).orElseThrow(), inNextRound(task.getSpec(), writeRing("10 11 x"))));
    turn();
    assertThat(relinker.last().request.devices()).containsExactlyInAnyOrder("sda", "sdb");
    assertThat(relinker.last().request.identity()).contains(new RunIdentity("increase-uid", 1, 1));
  }

  @Test
  void endsARunOfAnEarlierRound() {
    RelinkTask task = task(NAME, spec(md5, 1, "sda"), 1, null);
    api.put(task);
    turn();
    api.put(with(api.read(NAME).orElseThrow(), inNextRound(task.getSpec(), md5)));

    turn();
    assertThat(relinker.last().stopReason).isEqualTo("The task was changed.");
    turn();
    assertThat(relinker.runs).hasSize(2);
    assertThat(relinker.last().request.identity()).contains(new RunIdentity("increase-uid", 1, 1));
  }

  @Test
  void doesNotClaimDevicesThatWereAddedWhileItRan() {
    RelinkTask task = task(NAME, spec(md5, 1, "sda"), 1, null);
    api.put(task);
    turn();
    api.put(with(task, spec(md5, 1, "sda", "sdz")));
    relinker.last().succeed();
    turn();

    turn();

    assertThat(api.status(NAME).state()).isEqualTo(State.Failed);
    assertThat(api.status(NAME).message()).contains("sdz");
  }

  @Test
  void writesProgressSeldomAndChangesOfStateAtOnce() {
    api.put(task(NAME, spec(md5, 1, "sda", "sdb"), 1, null));
    turn();
    turn();
    int begun = api.writes.size();
    relinker.last().count("sda", new Counters(1, 1, 1, 0, 0));
    turn();
    assertThat(api.writes).hasSize(begun);

    clock.advance(Duration.ofSeconds(5));
    turn();
    assertThat(api.writes).hasSize(begun + 1);
    assertThat(api.status(NAME).filesPerSecond()).isEqualTo(101);

    relinker.last().end("sda", new DeviceResult.Succeeded(false));
    turn();
    assertThat(api.writes).hasSize(begun + 2);
  }

  @Test
  void doesTwoTasksOfTheSameDevicesOneAfterTheOther() {
    api.put(task("a", spec(md5, 1, "sda"), 1, null));
    api.put(task("b", spec(md5, 1, "sda"), 1, null));

    turn();
    assertThat(relinker.runs).hasSize(1);
    assertThat(api.status("b").message()).isEqualTo("Waits for the task a, which works on sda.");

    relinker.last().succeed();
    turn();
    assertThat(api.status("a").state()).isEqualTo(State.Succeeded);
    assertThat(api.status("b").state()).isEqualTo(State.Running);
  }

  @Test
  void savesHowFarItCameWhenTheAgentIsStopped() {
    api.put(task(NAME, spec(md5, 1, "sda"), 1, null));
    turn();

    executor.close(Duration.ofSeconds(1));

    assertThat(relinker.last().stopReason).startsWith("The agent was stopped");
    assertThat(api.status(NAME).state()).isEqualTo(State.Pending);
    assertThat(api.status(NAME).message()).startsWith("The agent was stopped");
    turn();
    assertThat(relinker.runs).hasSize(1);
  }

  private void turn() {
    executor.turn(List.copyOf(api.tasks.values()));
  }

  private String writeRing(String powers) throws IOException {
    return node.writeRing(powers);
  }
}
