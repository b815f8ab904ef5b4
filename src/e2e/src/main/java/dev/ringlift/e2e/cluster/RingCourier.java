package dev.ringlift.e2e.cluster;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Plays the kubelets: brings the ring ConfigMap into the ring directory of each node whenever it
 * changes, to each after a delay of its own. A node can be cut off: it keeps the rings that it has.
 */
public final class RingCourier implements AutoCloseable {
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("ring-courier").factory());
  private final Map<String, MountedConfigMap> mounts = new ConcurrentHashMap<>();
  private final Map<String, Duration> delays = new ConcurrentHashMap<>();
  private final Set<String> cutOff = ConcurrentHashMap.newKeySet();
  private final List<Delivery> deliveries = new CopyOnWriteArrayList<>();
  private final SharedIndexInformer<ConfigMap> informer;
  private final RingLayout layout;
  private volatile @Nullable ConfigMap latest;
  private volatile @Nullable IOException problem;

  /**
   * The files of the ConfigMap, brought somewhere.
   *
   * @param to the node, or what else has the files
   * @param at when they were there
   */
  public record Delivery(String to, Instant at, Map<String, byte[]> files) {
    public Delivery {
      files = Map.copyOf(files);
    }
  }

  /**
   * Begins to bring the ConfigMap with the ring to these nodes, as far as pods there mount it.
   *
   * @param spread the last node gets each change this much later than the first
   */
  RingCourier(
      KubernetesClient client,
      String namespace,
      RingLayout layout,
      List<StorageHost> hosts,
      Duration spread) {
    this.layout = layout;
    for (int number = 0; number < hosts.size(); number++) {
      StorageHost host = hosts.get(number);
      mounts.put(host.name(), new MountedConfigMap(host.ringDirectory()));
      delays.put(host.name(), spread.multipliedBy(number).dividedBy(Math.max(1, hosts.size() - 1)));
    }
    informer =
        client
            .configMaps()
            .inNamespace(namespace)
            .withName(RingLayout.RINGS)
            .inform(
                new ResourceEventHandler<ConfigMap>() {
                  @Override
                  public void onAdd(ConfigMap added) {
                    carry(added);
                  }

                  @Override
                  public void onUpdate(ConfigMap before, ConfigMap after) {
                    carry(after);
                  }

                  @Override
                  public void onDelete(ConfigMap removed, boolean finalStateUnknown) {
                    // A kubelet leaves the files of a running pod alone.
                  }
                });
  }

  /**
   * Brings it to another pod as well, which is no node's agent: a proxy.
   *
   * @param name as nodes have one
   * @param directory where the pod mounts it
   * @param delay how much later than they are made it gets changes
   */
  public void bringTo(String name, Path directory, Duration delay) {
    mounts.put(name, new MountedConfigMap(directory));
    delays.put(name, delay);
    executor.execute(() -> deliver(name));
  }

  /** All that was brought so far, in order. */
  public List<Delivery> deliveries() {
    return List.copyOf(deliveries);
  }

  /** From now on this node gets changes this much later than they are made. */
  public void delay(String node, Duration delay) {
    delays.put(node, delay);
  }

  /** From now on this node gets no change. */
  public void cutOff(String node) {
    cutOff.add(node);
  }

  /** This node is gone for good: nothing is brought there any more. */
  void forget(String node) {
    mounts.remove(node);
    delays.remove(node);
  }

  /** Brings what this node has missed, and all changes from now on. */
  public void reconnect(String node) {
    cutOff.remove(node);
    executor.execute(() -> deliver(node));
  }

  private void carry(ConfigMap changed) {
    latest = changed;
    delays.forEach(
        (node, delay) -> {
          Executor later =
              CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS, executor);
          later.execute(() -> deliver(node));
        });
  }

  private void deliver(String node) {
    ConfigMap configMap = latest;
    MountedConfigMap mount = mounts.get(node);
    if (configMap == null || mount == null || cutOff.contains(node)) {
      return;
    }
    Map<String, byte[]> files = layout.mounted(configMap);
    if (files.isEmpty()) {
      return;
    }
    try {
      mount.write(files);
      deliveries.add(new Delivery(node, Instant.now(), files));
    } catch (IOException e) {
      problem = e;
    }
  }

  /** Ends it; fails when a ring could not be brought to a node. */
  @Override
  public void close() {
    informer.close();
    executor.shutdownNow();
    IOException failed = problem;
    if (failed != null) {
      throw new UncheckedIOException("a ring could not be brought to its node", failed);
    }
  }
}
