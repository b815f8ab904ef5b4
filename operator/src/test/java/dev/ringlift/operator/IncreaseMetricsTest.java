package dev.ringlift.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.Phase;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the gauges show. */
class IncreaseMetricsTest {
  private static final String RELINKING =
      """
      {"phase": "Relinking",
       "cycle": {"number": 2, "of": 3, "fromPartPower": 7, "toPartPower": 8},
       "ring": {"partPower": 7, "nextPartPower": 8, "md5": "abc", "consumersTotal": 9, "consumersCurrent": 7},
       "nodes": {"total": 4, "waiting": 1, "running": 2, "done": 1, "failed": 0, "summary": "1/4"},
       "progress": {"percent": 25, "summary": "25%", "partitionsDone": 64, "partitionsTotal": 256, "files": 1000,
         "linked": 990, "removed": 5, "errors": 3, "errorsByKind": [{"kind": "Full", "count": 2}, {"kind": "Io", "count": 1}],
         "filesPerSecond": 100, "estimatedCompletion": "2026-01-01T00:10:00Z"},
       "replicationSuspendedSince": "2025-12-31T23:00:00Z",
       "cleanupDeadline": "2026-01-01T02:00:00Z",
       "conditions": [{"type": "Ready", "status": "False"}, {"type": "Stalled", "status": "True"}],
       "problems": [
         {"node": "a", "device": "d0", "reason": "DeviceFailed", "message": "m"},
         {"node": "a", "device": "d1", "reason": "DeviceFailed", "message": "m"},
         {"node": "b", "reason": "NodeLost", "message": "m"}]}
      """;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final IncreaseMetrics metrics =
      new IncreaseMetrics(registry, InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z")));

  @Test
  void theyShowTheStatus() {
    metrics.record(increase("uid-1"), status(RELINKING));

    assertThat(phase(Phase.Relinking)).isEqualTo(1);
    assertThat(phase(Phase.Preparing)).isZero();
    assertThat(value("stalled")).isEqualTo(1);
    assertThat(value("cycle")).isEqualTo(2);
    assertThat(value("cycles")).isEqualTo(3);
    assertThat(value("part.power")).isEqualTo(7);
    assertThat(value("stale.consumers")).isEqualTo(2);
    assertThat(value("progress.ratio")).isEqualTo(0.25);
    assertThat(value("partitions.done")).isEqualTo(64);
    assertThat(value("partitions")).isEqualTo(256);
    assertThat(value("files")).isEqualTo(1000);
    assertThat(value("linked")).isEqualTo(990);
    assertThat(value("removed")).isEqualTo(5);
    assertThat(value("errors", "kind", "Full")).isEqualTo(2);
    assertThat(value("errors", "kind", "Io")).isEqualTo(1);
    assertThat(value("errors", "kind", "Other")).isZero();
    assertThat(value("files.per.second")).isEqualTo(100);
    assertThat(value("eta.seconds")).isEqualTo(600);
    assertThat(value("replication.suspended.seconds")).isEqualTo(3600);
    assertThat(value("cleanup.deadline.seconds")).isEqualTo(7200);
    assertThat(value("nodes", "state", "running")).isEqualTo(2);
    assertThat(value("nodes", "state", "waiting")).isEqualTo(1);
    assertThat(value("nodes", "state", "done")).isEqualTo(1);
    assertThat(value("nodes", "state", "failed")).isZero();
    assertThat(value("problems", "reason", "DeviceFailed")).isEqualTo(2);
    assertThat(value("problems", "reason", "NodeLost")).isEqualTo(1);

    metrics.record(increase("uid-1"), status("{\"phase\": \"CleaningUp\"}"));
    assertThat(value("problems", "reason", "NodeLost")).isZero();
    assertThat(value("eta.seconds")).isNaN();
    assertThat(value("stalled")).isZero();
  }

  @Test
  void ofThoseThatHaveEndedOnlyTheFailedAreShown() {
    metrics.end(increase("uid-1"), status("{\"phase\": \"Failed\"}"));
    assertThat(phase(Phase.Failed)).isEqualTo(1);

    metrics.record(increase("uid-2"), status(RELINKING));
    metrics.end(increase("uid-2"), status("{\"phase\": \"Complete\"}"));
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void anIncreaseMadeAnewUnderTheSameNameShowsItsOwnFigures() {
    metrics.record(increase("uid-1"), status(RELINKING));
    metrics.record(increase("uid-2"), status("{\"phase\": \"Preflight\"}"));

    assertThat(phase(Phase.Relinking)).isZero();
    assertThat(phase(Phase.Preflight)).isEqualTo(1);

    metrics.forget(increase("uid-2"));
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void eachIsDocumentedAndNoOtherAndEachIsThere() throws IOException {
    String operator = Files.readString(Path.of("../docs/metrics.md")).split("(?m)^## ", -1)[1];
    List<String> documented =
        Pattern.compile("(?m)^\\| `(ringlift_\\w+)")
            .matcher(operator)
            .results()
            .map(row -> row.group(1))
            .toList();
    metrics.record(increase("uid-1"), status(RELINKING));
    Set<String> there =
        registry.getMeters().stream()
            .map(meter -> meter.getId().getName())
            .collect(Collectors.toSet());

    assertThat(documented)
        .isEqualTo(
            Arrays.stream(IncreaseMetric.values()).map(IncreaseMetric::prometheusName).toList());
    assertThat(there)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(IncreaseMetric.values()).map(IncreaseMetric::metric).toList());
  }

  private double phase(Phase phase) {
    return value("phase", "phase", phase.name());
  }

  private double value(String name, String... tags) {
    Gauge gauge = registry.get("ringlift.increase." + name).tags(tags).gauge();
    assertThat(gauge.getId().getTag("increase")).isEqualTo("grow");
    assertThat(gauge.getId().getTag("namespace")).isEqualTo("swift");
    return gauge.value();
  }

  private static PartitionPowerIncrease increase(String uid) {
    PartitionPowerIncrease increase = new PartitionPowerIncrease();
    increase.setMetadata(
        new ObjectMetaBuilder().withNamespace("swift").withName("grow").withUid(uid).build());
    return increase;
  }

  private static PartitionPowerIncreaseStatus status(String json) {
    try {
      return new ObjectMapper().readValue(json, PartitionPowerIncreaseStatus.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
