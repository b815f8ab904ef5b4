package dev.ringlift.agent.task;

import static dev.ringlift.agent.task.Tasks.MD5;
import static dev.ringlift.agent.task.Tasks.OTHER_MD5;
import static dev.ringlift.agent.task.Tasks.device;
import static dev.ringlift.agent.task.Tasks.inNextRound;
import static dev.ringlift.agent.task.Tasks.ring;
import static dev.ringlift.agent.task.Tasks.spec;
import static dev.ringlift.agent.task.Tasks.status;
import static dev.ringlift.agent.task.Tasks.task;
import static dev.ringlift.agent.task.Tasks.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.agent.node.NodeDevices;
import dev.ringlift.agent.node.SeenRing;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.api.v1alpha1.RelinkerSettings;
import dev.ringlift.relinker.ObjectPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TaskPlannerTest {
  private static final ObjectPolicy POLICY = ObjectPolicy.replication(0);

  @Test
  void startsOnTheDevicesOfTheSpecAndOnAllOthersThatHoldData() {
    RelinkTask task = task("sda");

    assertThat(decide(task, here("sda", "sdx")))
        .isEqualTo(new TaskDecision.Start(POLICY, Set.of("sda", "sdx")));
  }

  @Test
  void startsOnADeviceThatIsNotThereSoThatItIsReported() {
    assertThat(decide(task("sda", "sdb"), here("sda")))
        .isEqualTo(new TaskDecision.Start(POLICY, Set.of("sda", "sdb")));
  }

  @Test
  void takesARunningTaskUpAgainButNotItsDevicesThatAreDone() {
    RelinkTask running =
        with(
            task("sda", "sdb"),
            status(
                State.Running,
                1,
                device("sda", DeviceState.Succeeded),
                device("sdb", DeviceState.Running)));

    assertThat(decide(running, here("sda", "sdb")))
        .isEqualTo(new TaskDecision.Start(POLICY, Set.of("sdb")));
  }

  @Test
  void doesAllDevicesAgainInANewRound() {
    RelinkTask done =
        with(
            task("sda"),
            status(
                State.Succeeded,
                1,
                device("sda", DeviceState.Succeeded),
                device("foreign", DeviceState.Succeeded)));
    assertThat(decide(done, here("sda"))).isEqualTo(new TaskDecision.Leave());

    RelinkTask again = with(done, inNextRound(done.getSpec(), MD5));

    assertThat(decide(again, here("sda")))
        .isEqualTo(new TaskDecision.Start(POLICY, Set.of("sda", "foreign")));
  }

  @Test
  void leavesDevicesAloneThatAreExcludedWhateverTheyHold() {
    RelinkTask failed =
        with(
            task("sda", "sdb"),
            status(
                State.Failed,
                1,
                device("sda", DeviceState.Succeeded),
                device("sdb", DeviceState.Failed)));
    RelinkTask excluded =
        with(failed, failed.getSpec().withExcluded(List.of("sdb"), List.of("sda"), 2));

    assertThat(decide(excluded, here("sda", "sdb")))
        .isEqualTo(new TaskDecision.Start(POLICY, Set.of()));
    assertThat(TaskStatuses.soFar(excluded)).extracting(d -> d.name()).containsExactly("sda");
  }

  @Test
  void stopsARunWhenADeviceIsExcludedThatItMayWorkOn() {
    RelinkTask task = task("sda", "sdb");
    RelinkTask excluded =
        with(task, task.getSpec().withExcluded(List.of("sdb"), List.of("sda"), 1));

    assertThat(TaskPlanner.decide(excluded, Work.of(task.getSpec()), here("sda", "sdb")))
        .isEqualTo(new TaskDecision.Stop("The task was changed."));
  }

  @Test
  void beginsNothingWhileTheTaskIsPaused() {
    RelinkTask task = task("sda");

    assertThat(decide(with(task, task.getSpec().withPaused(true)), here("sda")))
        .isEqualTo(new TaskDecision.Hold("Paused by the operator."));
  }

  @Test
  void holdsATaskWhoseRingThisNodeDoesNotSee() {
    assertThat(decide(task("sda"), sees(ring(OTHER_MD5, 10, null))))
        .isEqualTo(
            new TaskDecision.Hold(
                "Waits for the ring 01234567 (power 10, next 11): this node sees fedcba98 (power 10)."));
  }

  @Test
  void holdsATaskWhoseRingIsNotThereOrUnreadable() {
    SeenRing broken =
        new SeenRing(
            "object.ring.gz",
            0,
            MD5,
            null,
            null,
            null,
            Tasks.NOW,
            Tasks.NOW,
            "It is no gzip file.");

    assertThat(decide(task("sda"), sees(null)))
        .isEqualTo(
            new TaskDecision.Hold("Waits for the ring: there is no object.ring.gz in /etc/swift."));
    assertThat(decide(task("sda"), sees(broken)))
        .isEqualTo(
            new TaskDecision.Hold(
                "Waits for the ring: object.ring.gz can't be read: It is no gzip file."));
  }

  @Test
  void holdsATaskThatMistakesTheRingsPowers() {
    assertThat(decide(task("sda"), sees(ring(MD5, 10, 10))))
        .isEqualTo(
            new TaskDecision.Hold(
                "The task says power 10, next 11, but its ring 01234567 has power 10, next 10."));
  }

  @Test
  void holdsATaskWhosePowersFitNoSuchStep() {
    RelinkTaskSpec cleanupOfAPreparedRing =
        new RelinkTaskSpec(
            "increase-uid",
            1,
            "node-1",
            0,
            RelinkTaskSpec.Step.Cleanup,
            10,
            11,
            MD5,
            7,
            0,
            List.of("sda"),
            1,
            false,
            RelinkerSettings.DEFAULTS);

    assertThat(decide(task("t", cleanupOfAPreparedRing, 1, null), here("sda")))
        .isEqualTo(new TaskDecision.Hold("The task's powers 10 and 11 fit no cleanup."));
  }

  @Test
  void holdsEverythingWhileTheLeaseHasRunOut() {
    assertThat(decide(task("sda"), cutOff()))
        .isEqualTo(
            new TaskDecision.Hold(
                "The agent has not reached the API server for longer than its lease lasts (40 s)."));
  }

  @Test
  void holdsATaskWhileAnotherWorksOnOneOfItsDevices() {
    Surroundings busy =
        new Surroundings(
            Optional.of(ring(MD5, 10, 11)),
            "/etc/swift",
            new PolicyKinds.Kind.Known(POLICY),
            true,
            Duration.ofSeconds(40),
            Optional.of(Tasks.devices("sda", "sdb")),
            Map.of("sdb", "relink-other"));

    assertThat(decide(task("sda"), busy))
        .isEqualTo(new TaskDecision.Hold("Waits for the task relink-other, which works on sdb."));
  }

  @Test
  void holdsATaskUntilTheDevicesHaveBeenLookedAt() {
    Surroundings young =
        new Surroundings(
            Optional.of(ring(MD5, 10, 11)),
            "/etc/swift",
            new PolicyKinds.Kind.Known(POLICY),
            true,
            Duration.ofSeconds(40),
            Optional.empty(),
            Map.of());

    assertThat(decide(task("sda"), young)).isInstanceOf(TaskDecision.Hold.class);
  }

  @Test
  void leavesAnEndedTaskEvenWhenTheRingHasMovedOn() {
    for (State end : List.of(State.Succeeded, State.Failed)) {
      RelinkTask ended = with(task("sda"), status(end, 1, device("sda", DeviceState.Succeeded)));

      assertThat(decide(ended, sees(ring(OTHER_MD5, 11, 11)))).isEqualTo(new TaskDecision.Leave());
      assertThat(decide(ended, here("sda", "sdnew"))).isEqualTo(new TaskDecision.Leave());
    }
  }

  @Test
  void triesAgainWhatFailedWhenAskedForAnotherAttempt() {
    RelinkTask failed =
        with(
            task("sda", "sdb"),
            status(
                State.Failed,
                1,
                device("sda", DeviceState.Succeeded),
                device("sdb", DeviceState.Failed)));

    assertThat(decide(with(failed, spec(MD5, 2, "sda", "sdb")), here("sda", "sdb")))
        .isEqualTo(new TaskDecision.Start(POLICY, Set.of("sdb")));
  }

  @Test
  void worksOnDevicesThatWereAddedToAnEndedTask() {
    RelinkTask done =
        with(task("sda"), status(State.Succeeded, 1, device("sda", DeviceState.Succeeded)));

    assertThat(decide(with(done, spec(MD5, 1, "sda", "sdb")), here("sda", "sdb")))
        .isEqualTo(new TaskDecision.Start(POLICY, Set.of("sdb")));
  }

  @Test
  void acknowledgesAnEndedTaskWhoseSettingsChanged() {
    RelinkTask done =
        with(task("sda"), status(State.Succeeded, 1, device("sda", DeviceState.Succeeded)));

    assertThat(decide(with(done, spec(MD5, 1, RelinkerSettings.of(2, 50), "sda")), here("sda")))
        .isEqualTo(new TaskDecision.Acknowledge());
  }

  @Test
  void stopsARunWhoseTaskIsChangedDeletedOrHasLostItsRing() {
    RelinkTask task = task("sda");
    Work running = Work.of(task.getSpec());
    RelinkTask deleted = task("sda");
    deleted.getMetadata().setDeletionTimestamp(Tasks.NOW.toString());

    assertThat(TaskPlanner.decide(task, running, here("sda"))).isEqualTo(new TaskDecision.Leave());
    assertThat(TaskPlanner.decide(with(task, spec(OTHER_MD5, 1, "sda")), running, here("sda")))
        .isEqualTo(new TaskDecision.Stop("The task was changed."));
    assertThat(TaskPlanner.decide(deleted, running, here("sda")))
        .isEqualTo(new TaskDecision.Stop("The task is being deleted."));
    assertThat(TaskPlanner.decide(task, running, sees(ring(OTHER_MD5, 10, 10))))
        .isInstanceOf(TaskDecision.Stop.class);
    assertThat(TaskPlanner.decide(task, running, cutOff())).isInstanceOf(TaskDecision.Stop.class);
  }

  @Test
  void goesOnWhenOnlySettingsOrDevicesOfTheTaskChange() {
    RelinkTask task = task("sda");
    Work running = Work.of(task.getSpec());

    assertThat(
            TaskPlanner.decide(
                with(task, spec(MD5, 1, RelinkerSettings.of(4, 10), "sda", "sdb")),
                running,
                here("sda", "sdb")))
        .isEqualTo(new TaskDecision.Leave());
  }

  @Test
  void holdsATaskOfAPolicyWhoseTypeIsNotKnown() {
    Surroundings here = here("sda");
    Surroundings unknown =
        new Surroundings(
            here.ring(),
            here.ringDirectory(),
            new PolicyKinds.Kind.Unknown("Nobody knows."),
            here.inReach(),
            here.lease(),
            here.devices(),
            here.busy());

    assertThat(decide(task("sda"), unknown)).isEqualTo(new TaskDecision.Hold("Nobody knows."));
  }

  @Test
  void leavesATaskAloneThatIsBeingDeleted() {
    RelinkTask deleted = task("sda");
    deleted.getMetadata().setDeletionTimestamp(Tasks.NOW.toString());

    assertThat(decide(deleted, here("sda"))).isEqualTo(new TaskDecision.Leave());
  }

  private static TaskDecision decide(RelinkTask task, Surroundings surroundings) {
    return TaskPlanner.decide(task, null, surroundings);
  }

  private static Surroundings here(String... devices) {
    return surroundings(ring(MD5, 10, 11), true, Tasks.devices(devices));
  }

  private static Surroundings sees(@Nullable SeenRing ring) {
    return surroundings(ring, true, Tasks.devices("sda"));
  }

  private static Surroundings cutOff() {
    return surroundings(ring(MD5, 10, 11), false, Tasks.devices("sda"));
  }

  private static Surroundings surroundings(
      @Nullable SeenRing ring, boolean inReach, NodeDevices devices) {
    return new Surroundings(
        Optional.ofNullable(ring),
        "/etc/swift",
        new PolicyKinds.Kind.Known(POLICY),
        inReach,
        Duration.ofSeconds(40),
        Optional.of(devices),
        Map.of());
  }
}
