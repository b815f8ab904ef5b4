package dev.ringlift.operator.page;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Cycle;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.NodeCounts;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Progress;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.RingStatus;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RingSource;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An increase from 10 to 11 of which each part of the status can be chosen. */
final class SampleIncrease {
  static final Instant BEGAN = Instant.parse("2026-05-01T10:00:00Z");

  private final String name;
  private final Phase phase;
  private String message = "Objects are being linked.";
  private @Nullable Progress progress;
  private boolean past;
  private boolean prepared = true;
  private int cycle = 1;
  private boolean dryRun;
  private Instant created = BEGAN;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Condition> conditions = new ArrayList<>();

  SampleIncrease(String name, Phase phase) {
    this.name = name;
    this.phase = phase;
  }

  SampleIncrease message(String text) {
    message = text;
    return this;
  }

  SampleIncrease progress(long done, long total, long rate, @Nullable Instant end) {
    int percent = (int) (100 * done / total);
    progress =
        new Progress(
            percent,
            percent + "%",
            done,
            total,
            done * 5,
            done * 5,
            0,
            0,
            List.of(),
            rate,
            end == null ? null : end.toString());
    return this;
  }

  SampleIncrease pastPointOfNoReturn() {
    past = true;
    return this;
  }

  SampleIncrease unprepared() {
    prepared = false;
    return this;
  }

  SampleIncrease cycle(int number) {
    cycle = number;
    return this;
  }

  SampleIncrease dryRun() {
    dryRun = true;
    return this;
  }

  SampleIncrease created(Instant time) {
    created = time;
    return this;
  }

  SampleIncrease problem(String node, @Nullable String device, String text) {
    problems.add(new Problem(node, device, "DeviceFailed", text));
    return this;
  }

  SampleIncrease condition(String type, String status, String text) {
    conditions.add(
        new ConditionBuilder()
            .withType(type)
            .withStatus(status)
            .withReason("AsExpected")
            .withMessage(text)
            .withLastTransitionTime(BEGAN.toString())
            .build());
    return this;
  }

  PartitionPowerIncrease build() {
    PartitionPowerIncrease increase = new PartitionPowerIncrease();
    increase.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(SampleCluster.NAMESPACE)
            .withName(name)
            .withUid(uid(name))
            .withCreationTimestamp(created.toString())
            .build());
    PartitionPowerIncreaseSpec.Builder spec =
        PartitionPowerIncreaseSpec.of(0, 11, RingSource.inConfigMaps("swift-rings")).toBuilder();
    increase.setSpec((dryRun ? spec.dryRun(true) : spec).build());
    increase.setStatus(
        new PartitionPowerIncreaseStatus(
            1L,
            phase,
            message,
            10,
            new Cycle(cycle, 2, 10, 11),
            new RingStatus(10, prepared ? 11 : null, 7L, SampleCluster.MD5, 4, 4),
            null,
            new NodeCounts(3, 0, 2, 1, 0, "1/3"),
            progress,
            past,
            BEGAN.toString(),
            null,
            null,
            List.of(
                new PreflightCheck("Ring", PreflightCheck.Result.Passed, "It is an object ring.")),
            problems.isEmpty() ? null : List.copyOf(problems),
            List.copyOf(conditions),
            BEGAN.toString(),
            phase.terminal() ? BEGAN.plusSeconds(90).toString() : null));
    return increase;
  }

  static String uid(String name) {
    return "uid-" + name;
  }
}
