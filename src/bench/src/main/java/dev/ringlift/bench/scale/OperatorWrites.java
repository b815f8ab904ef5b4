package dev.ringlift.bench.scale;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the operator's writes by what the API server's watches tell of them, in whole seconds:
 * what is created, and what is changed by it alone.
 */
final class OperatorWrites {
  private final long start = System.nanoTime();
  private final ConcurrentSkipListMap<Long, AtomicLong> perSecond = new ConcurrentSkipListMap<>();
  private final AtomicLong largest = new AtomicLong();

  /** An object of the operator's was written. */
  void count() {
    perSecond
        .computeIfAbsent((System.nanoTime() - start) / 1_000_000_000, unused -> new AtomicLong())
        .incrementAndGet();
  }

  /** This many bytes an object had. */
  void size(long bytes) {
    largest.accumulateAndGet(bytes, Math::max);
  }

  long total() {
    return perSecond.values().stream().mapToLong(AtomicLong::get).sum();
  }

  /** In the busiest second. */
  long peak() {
    return perSecond.values().stream().mapToLong(AtomicLong::get).max().orElse(0);
  }

  /** In the busiest ten seconds, per second. */
  double sustained() {
    double most = 0;
    for (Map.Entry<Long, AtomicLong> second : perSecond.entrySet()) {
      long sum =
          perSecond.subMap(second.getKey(), second.getKey() + 10).values().stream()
              .mapToLong(AtomicLong::get)
              .sum();
      most = Math.max(most, sum / 10.0);
    }
    return most;
  }

  /** Bytes of the largest object that was seen. */
  long largest() {
    return largest.get();
  }

  /** Counts each object that comes, and, where the operator alone changes them, each change. */
  <T extends HasMetadata> ResourceEventHandler<T> handler(
      KubernetesClient client, boolean changesToo) {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(T added) {
        count();
        size(client.getKubernetesSerialization().asJson(added).length());
      }

      @Override
      public void onUpdate(T before, T after) {
        if (changesToo) {
          count();
        }
        size(client.getKubernetesSerialization().asJson(after).length());
      }

      @Override
      public void onDelete(T removed, boolean finalStateUnknown) {
        // Nothing is removed but with its owner, by the garbage collector.
      }
    };
  }
}
