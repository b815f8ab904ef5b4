package dev.ringlift.agent.task;

import dev.ringlift.agent.node.NodeDevices;
import dev.ringlift.agent.node.SeenRing;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Verify;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.api.v1alpha1.RelinkerSettings;
import dev.ringlift.relinker.Device;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tasks, rings and devices for tests: relink of policy 0 from power 10 to 11. */
final class Tasks {
  static final String MD5 = "0123456789abcdef0123456789abcdef";
  static final String OTHER_MD5 = "fedcba9876543210fedcba9876543210";
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private Tasks() {}

  static RelinkTask task(String... devices) {
    return task("relink-node-1", spec(MD5, 1, devices), 1, null);
  }

  static RelinkTask task(
      String name, RelinkTaskSpec spec, long generation, @Nullable RelinkTaskStatus status) {
    RelinkTask task = new RelinkTask();
    task.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withUid("uid-of-" + name)
            .withGeneration(generation)
            .withCreationTimestamp(NOW.toString())
            .build());
    task.setSpec(spec);
    task.setStatus(status);
    return task;
  }

  static RelinkTaskSpec spec(String md5, int attempt, String... devices) {
    return spec(md5, attempt, RelinkerSettings.DEFAULTS, devices);
  }

  static RelinkTaskSpec spec(
      String md5, int attempt, RelinkerSettings settings, String... devices) {
    return new RelinkTaskSpec(
        "increase-uid",
        1,
        "node-1",
        0,
        RelinkTaskSpec.Step.Relink,
        10,
        11,
        md5,
        7,
        0,
        List.of(devices),
        attempt,
        false,
        settings);
  }

  static RelinkTaskSpec verifySpec(String md5, Verify verify, int round, String... devices) {
    return new RelinkTaskSpec(
        "increase-uid",
        1,
        "node-1",
        0,
        RelinkTaskSpec.Step.Verify,
        10,
        11,
        md5,
        7,
        round,
        List.of(devices),
        1,
        false,
        RelinkerSettings.DEFAULTS,
        verify);
  }

  static RelinkTask with(RelinkTask task, @Nullable RelinkTaskStatus status) {
    return task(
        task.getMetadata().getName(), task.getSpec(), task.getMetadata().getGeneration(), status);
  }

  static RelinkTask with(RelinkTask task, RelinkTaskSpec spec) {
    return task(
        task.getMetadata().getName(),
        spec,
        task.getMetadata().getGeneration() + 1,
        task.getStatus());
  }

  /** Another hand's ring was there: all that was done counts no longer. */
  static RelinkTaskSpec inNextRound(RelinkTaskSpec spec, String md5) {
    return new RelinkTaskSpec(
        spec.increaseUid(),
        spec.cycle(),
        spec.nodeName(),
        spec.policyIndex(),
        spec.step(),
        spec.partPower(),
        spec.nextPartPower(),
        md5,
        spec.ringVersion(),
        spec.round() + 1,
        spec.devices(),
        spec.attempt(),
        spec.paused(),
        spec.relinker(),
        spec.verify());
  }

  static RelinkTaskStatus status(State state, int attempt, DeviceProgress... devices) {
    return new RelinkTaskStatus(
        state,
        null,
        attempt,
        0,
        1L,
        "0/0",
        0,
        0,
        0,
        0,
        0,
        Arrays.asList(devices),
        List.of(),
        NOW.toString(),
        null);
  }

  static DeviceProgress device(String name, DeviceState state) {
    return new DeviceProgress(name, state, 100, 200, 1000, 900, 0, 0, null);
  }

  static SeenRing ring(String md5, @Nullable Integer power, @Nullable Integer next) {
    return new SeenRing("object.ring.gz", 0, md5, 7L, power, next, NOW, NOW, null);
  }

  static NodeDevices devices(String... names) {
    return new NodeDevices(Arrays.stream(names).map(name -> found(name, true)).toList());
  }

  static Device found(String name, boolean holdsObjects) {
    return new Device(
        name,
        true,
        "xfs",
        1000,
        100_000,
        1000,
        1000,
        holdsObjects
            ? List.of(new Device.DataDir("objects", 0, 1000, 1000, 200, Optional.empty()))
            : List.of(),
        "");
  }
}
