package dev.ringlift.operator;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.Phase;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.ToDoubleFunction;

/** Gauges of each increase that is under way. Their names are here and nowhere else. */
public final class IncreaseMetrics {
  /** 1 for the phase that the increase is in, 0 for each other. */
  public static final String PHASE = "ringlift.increase.phase";

  /** Of the current step, 0 to 1. */
  public static final String PROGRESS = "ringlift.increase.progress.ratio";

  /** Files handled per second at present, over all nodes. */
  public static final String RATE = "ringlift.increase.files.per.second";

  /** Nodes that have not proved to have the ring in the store. */
  public static final String NODES_WITHOUT_RING = "ringlift.increase.nodes.without.ring";

  /** Problems of nodes and devices, at most 20. */
  public static final String PROBLEMS = "ringlift.increase.problems";

  private final MeterRegistry registry;
  private final ConcurrentMap<String, Entry> entries = new ConcurrentHashMap<>();

  public IncreaseMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** The last status of one increase, and the gauges that show it. */
  private static final class Entry {
    private final String uid;
    private volatile PartitionPowerIncreaseStatus status;
    private final ConcurrentMap<String, Gauge> gauges = new ConcurrentHashMap<>();

    Entry(String uid, PartitionPowerIncreaseStatus status) {
      this.uid = uid;
      this.status = status;
    }
  }

  void record(PartitionPowerIncrease increase, PartitionPowerIncreaseStatus status) {
    String name = name(increase);
    Entry before = entries.get(name);
    if (before != null && !before.uid.equals(increase.getMetadata().getUid())) {
      // Made anew under the same name, and so under the same tags: the gauges of the former one
      // would stay, and show it for ever.
      forget(increase);
    }
    entries.computeIfAbsent(name, unused -> register(increase, status)).status = status;
  }

  void forget(PartitionPowerIncrease increase) {
    Entry entry = entries.remove(name(increase));
    if (entry != null) {
      entry.gauges.values().forEach(registry::remove);
    }
  }

  private static String name(PartitionPowerIncrease increase) {
    return increase.getMetadata().getNamespace() + "/" + increase.getMetadata().getName();
  }

  private Entry register(PartitionPowerIncrease increase, PartitionPowerIncreaseStatus status) {
    Entry entry = new Entry(increase.getMetadata().getUid(), status);
    Tags tags =
        Tags.of(
            "namespace", increase.getMetadata().getNamespace(),
            "increase", increase.getMetadata().getName());
    for (Phase phase : Phase.values()) {
      add(entry, PHASE, tags.and("phase", phase.name()), s -> s.phase() == phase ? 1 : 0);
    }
    Map<String, ToDoubleFunction<PartitionPowerIncreaseStatus>> values =
        Map.of(
            PROGRESS, s -> s.progress() == null ? 0 : s.progress().percent() / 100.0,
            RATE, s -> s.progress() == null ? 0 : s.progress().filesPerSecond(),
            NODES_WITHOUT_RING,
                s -> s.ring() == null ? 0 : s.ring().consumersTotal() - s.ring().consumersCurrent(),
            PROBLEMS, s -> s.problems() == null ? 0 : s.problems().size());
    values.forEach((name, value) -> add(entry, name, tags, value));
    return entry;
  }

  private void add(
      Entry entry, String name, Tags tags, ToDoubleFunction<PartitionPowerIncreaseStatus> value) {
    Gauge gauge =
        Gauge.builder(name, entry, e -> value.applyAsDouble(e.status))
            .tags(tags)
            .register(registry);
    entry.gauges.put(gauge.getId().toString(), gauge);
  }
}
