package dev.ringlift.e2e.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.e2e.cluster.RingCourier.Delivery;
import dev.ringlift.ring.Md5;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingFormatException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** When the rings of a policy came to whom, by whoever brought them. */
final class Spread {
  /** How much longer than Swift looks for rings a busy machine may take over it. */
  private static final Duration SLACK = Duration.ofSeconds(5);

  /** How much later than it is there the courier may note that a ring has come. */
  private static final Duration NOTED = Duration.ofSeconds(1);

  /**
   * While some proxies had an Increase ring and others had not.
   *
   * @param from when the first of them had the file
   * @param to when the last of them had it
   */
  record Window(Instant from, Instant to) {
    Duration length() {
      return Duration.between(from, to);
    }
  }

  private final String file;
  private final Duration ringReload;

  /** By the ring's md5: who had it first when. */
  private final Map<String, Map<String, Instant>> arrivals = new LinkedHashMap<>();

  private final Map<String, Ring> rings = new LinkedHashMap<>();

  /**
   * Of these deliveries.
   *
   * @param ringReload how often servers look for new rings
   */
  Spread(List<Delivery> deliveries, int policy, Duration ringReload) {
    this.file = LiveRings.name(policy) + ".ring.gz";
    this.ringReload = ringReload;
    for (Delivery delivery : deliveries) {
      byte[] ring = delivery.files().get(file);
      if (ring != null) {
        String md5 = Md5.hex(ring);
        rings.computeIfAbsent(md5, unknown -> read(ring));
        arrivals
            .computeIfAbsent(md5, unknown -> new LinkedHashMap<>())
            .putIfAbsent(delivery.to(), delivery.at());
      }
    }
  }

  private static Ring read(byte[] ring) {
    try {
      return Ring.read(ring);
    } catch (RingFormatException e) {
      throw new IllegalStateException("a ring was brought that is none", e);
    }
  }

  /** The powers of each ring in the order of their coming, as {@code 6/7}. */
  List<String> powers() {
    return rings.values().stream()
        .map(ring -> ring.partPower() + "/" + ring.nextPartPower())
        .toList();
  }

  /** The spread of each Increase ring over these proxies. */
  List<Window> increases(List<Proxy> proxies) {
    Set<String> names = proxies.stream().map(Proxy::name).collect(Collectors.toSet());
    List<Window> windows = new ArrayList<>();
    Ring before = null;
    for (Map.Entry<String, Ring> each : rings.entrySet()) {
      if (before != null && each.getValue().partPower() > before.partPower()) {
        List<Instant> came =
            arrivals.getOrDefault(each.getKey(), Map.of()).entrySet().stream()
                .filter(arrival -> names.contains(arrival.getKey()))
                .map(Map.Entry::getValue)
                .sorted()
                .toList();
        windows.add(new Window(came.getFirst(), came.getLast()));
      }
      before = each.getValue();
    }
    return windows;
  }

  /**
   * Whether an answer may be wrong: it was about an object that was written while proxies differed,
   * and all was well as soon as they no longer did.
   */
  static Predicate<Contradiction> excused(List<Window> windows, Duration ringReload) {
    return contradiction ->
        windows.stream()
            .anyMatch(
                window -> {
                  Instant end = window.to().plus(ringReload).plus(SLACK);
                  Instant mended = contradiction.mended();
                  return contradiction.since().isAfter(window.from().minus(NOTED))
                      && mended != null
                      && mended.isBefore(end);
                });
  }

  /** No task began before everybody had its ring, and had had time to look for it. */
  void assertBarrierHeld(List<RelinkTask> tasks, Set<String> everybody) {
    assertThat(tasks).isNotEmpty();
    for (RelinkTask task : tasks) {
      Map<String, Instant> came = arrivals.getOrDefault(task.getSpec().ringMd5(), Map.of());
      assertThat(came.keySet())
          .as("who has the ring of " + task.getMetadata().getName())
          .containsAll(everybody);
      Instant last = came.values().stream().max(Instant::compareTo).orElseThrow();
      // Kubernetes keeps whole seconds.
      Instant begun = Instant.parse(task.getMetadata().getCreationTimestamp()).plusSeconds(1);
      assertThat(begun)
          .as("when %s began", task.getMetadata().getName())
          .isAfterOrEqualTo(last.plus(ringReload));
    }
  }
}
