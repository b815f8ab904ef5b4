package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.Consumer;
import dev.ringlift.api.v1alpha1.Consumer.Kind;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Risk;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.KnownConsumer;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.operator.plan.Audience.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who was held to the rings of an increase. Nobody can see who loads a ring that no pod mounts:
 * what is taken off the list of consumers there may run on with an old ring, and nobody asks it
 * again.
 *
 * <p>Invariant: nobody is forgotten but by the user's word. Whoever was asked when a ring was
 * published is asked before the next one, or the user has acknowledged {@code DroppedConsumer} by
 * then.
 */
final class KnownConsumers {
  private static final int NAMED = 3;

  private KnownConsumers() {}

  /** As they are now. */
  static List<KnownConsumer> of(PartitionPowerIncreaseSpec spec, Audience audience) {
    Map<Consumer, Integer> pods =
        audience.groups().stream()
            .collect(
                Collectors.toMap(Group::consumer, group -> group.members().size(), Integer::sum));
    return spec.consumers().stream()
        .map(
            consumer ->
                consumer.kind() == Kind.Addresses
                    ? new KnownConsumer(consumer.kind(), consumer.name(), null, addresses(consumer))
                    : new KnownConsumer(
                        consumer.kind(), consumer.name(), pods.getOrDefault(consumer, 0), null))
        .toList();
  }

  private static List<String> addresses(Consumer consumer) {
    return Objects.requireNonNullElse(consumer.addresses(), List.of());
  }

  /**
   * Who is to be remembered once a ring is published: those of now, and all who were before, unless
   * the user has acknowledged that they are gone.
   */
  static @Nullable List<KnownConsumer> remember(
      Observation.Increase increase, List<KnownConsumer> now) {
    PartitionPowerIncreaseStatus status = increase.status();
    Map<String, KnownConsumer> all = new TreeMap<>();
    if (status != null
        && status.consumers() != null
        && !increase.spec().acknowledge().contains(Risk.DroppedConsumer)) {
      status.consumers().forEach(known -> all.put(name(known), known));
    }
    now.forEach(known -> all.merge(name(known), known, KnownConsumers::both));
    return all.isEmpty() ? null : List.copyOf(all.values());
  }

  private static KnownConsumer both(KnownConsumer before, KnownConsumer now) {
    if (now.addresses() == null || before.addresses() == null) {
      return Objects.equals(now.pods(), 0) ? before : now;
    }
    TreeSet<String> addresses = new TreeSet<>(before.addresses());
    addresses.addAll(now.addresses());
    return new KnownConsumer(now.kind(), now.name(), null, List.copyOf(addresses));
  }

  /** Each of them who is asked no more. */
  static List<Problem> dropped(Observation seen) {
    PartitionPowerIncreaseStatus status = seen.increase().status();
    if (status == null
        || status.consumers() == null
        || seen.increase().spec().acknowledge().contains(Risk.DroppedConsumer)) {
      return List.of();
    }
    Map<String, KnownConsumer> now =
        of(seen.increase().spec(), seen.audience()).stream()
            .collect(Collectors.toMap(KnownConsumers::name, known -> known, (a, b) -> a));
    List<Problem> dropped = new ArrayList<>();
    for (KnownConsumer before : status.consumers()) {
      String what = whatLacks(before, now.get(name(before)));
      if (what != null) {
        dropped.add(
            Problem.ofConsumer(
                before.name(),
                Reason.ConsumerDropped.name(),
                "%s %s. What of it still runs may have an old ring. Bring it back, or, if nothing of it runs, acknowledge that with DroppedConsumer in spec.acknowledge."
                    .formatted(name(before), what)));
      }
    }
    return dropped;
  }

  /** Null if nothing does. */
  private static @Nullable String whatLacks(KnownConsumer before, @Nullable KnownConsumer now) {
    if (now == null) {
      return "had to prove the last ring, and is no longer among spec.consumers";
    }
    if (before.addresses() != null && now.addresses() != null) {
      List<String> gone =
          before.addresses().stream().filter(one -> !now.addresses().contains(one)).toList();
      return gone.isEmpty()
          ? null
          : "no longer names %s%s, which had to prove the last ring"
              .formatted(
                  String.join(", ", gone.subList(0, Math.min(NAMED, gone.size()))),
                  gone.size() > NAMED ? " and %d more".formatted(gone.size() - NAMED) : "");
    }
    return Objects.equals(now.pods(), 0) && before.pods() != null && before.pods() > 0
        ? "had %d pod(s) that had to prove the last ring, and has none".formatted(before.pods())
        : null;
  }

  private static String name(KnownConsumer consumer) {
    return consumer.kind() + " " + consumer.name();
  }
}
