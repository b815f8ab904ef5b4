package dev.ringlift.operator.act;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.operator.plan.Announcement;
import dev.ringlift.operator.plan.Errands;
import dev.ringlift.operator.plan.Errands.Notice;
import dev.ringlift.operator.plan.Reason;
import dev.ringlift.operator.plan.Restart;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Stamps pod templates, and annotates pods so that their kubelets look for a ring at once. Pods may
 * be thousands: they are annotated one after the other beside the reconciliation, no more than some
 * in a second. What failed is seen to be missing the next time.
 */
public final class ConsumerWriter implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(ConsumerWriter.class);
  private static final Duration BETWEEN_PODS = Duration.ofMillis(25);
  private static final int REMEMBERED = 20_000;

  private final KubernetesClient client;
  private final ExecutorService teller =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("tell-pods").factory());

  /** Of each pod and ring file, for which ring it is being told, or has just been. */
  private final Map<String, String> told =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
              return size() > REMEMBERED;
            }
          });

  /** Of each workload, why it was last refused to be started anew. */
  private final Map<String, String> refused = new ConcurrentHashMap<>();

  public ConsumerWriter(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Does the restarts now and the rest in a while.
   *
   * @param ringFile name of the ring's file
   * @return restarts that the API server refused, each told once for each reason
   */
  public List<Announcement> run(String namespace, String ringFile, Errands errands) {
    List<Announcement> refusals = new ArrayList<>();
    for (Restart restart : errands.restarts()) {
      String name = restart.kind() + " " + restart.name();
      @Nullable String refusal = stamp(namespace, ringFile, restart);
      if (refusal == null) {
        LOG.infof("%s is started anew for %s.", name, restart.stamp());
        refused.remove(namespace + " " + name);
      } else if (!refusal.equals(refused.put(namespace + " " + name, refusal))) {
        refusals.add(
            new Announcement(
                true,
                Reason.ConsumerRestarting.name(),
                "%s could not be started anew: %s".formatted(name, refusal)));
      }
    }
    for (Notice notice : errands.notices()) {
      String key = notice.uid() + " " + ringFile;
      @Nullable String before = told.put(key, notice.md5());
      if (!notice.md5().equals(before)) {
        teller.execute(() -> tell(namespace, ringFile, notice, key));
      }
    }
    return refusals;
  }

  /** Returns why it could not be done: the increase waits, and the next look at it tries again. */
  private @Nullable String stamp(String namespace, String ringFile, Restart restart) {
    Map<String, Object> patch =
        Map.of(
            "spec",
            Map.of(
                "template",
                Map.of(
                    "metadata",
                    Map.of(
                        "annotations",
                        Map.of(
                            ApiConstants.ANNOTATION_RESTARTED_FOR + ringFile, restart.stamp())))));
    String json = client.getKubernetesSerialization().asJson(patch);
    PatchContext merge = PatchContext.of(PatchType.JSON_MERGE);
    try {
      switch (restart.kind()) {
        case Deployment ->
            client
                .apps()
                .deployments()
                .inNamespace(namespace)
                .withName(restart.name())
                .patch(merge, json);
        case StatefulSet ->
            client
                .apps()
                .statefulSets()
                .inNamespace(namespace)
                .withName(restart.name())
                .patch(merge, json);
        case DaemonSet ->
            client
                .apps()
                .daemonSets()
                .inNamespace(namespace)
                .withName(restart.name())
                .patch(merge, json);
        case Addresses -> throw new IllegalArgumentException("addresses can't be restarted");
      }
      return null;
    } catch (KubernetesClientException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private void tell(String namespace, String ringFile, Notice notice, String key) {
    Map<String, Object> patch =
        Map.of(
            "metadata",
            Map.of(
                "uid",
                notice.uid(),
                "annotations",
                Map.of(ApiConstants.ANNOTATION_RING_MD5 + ringFile, notice.md5())));
    try {
      client
          .pods()
          .inNamespace(namespace)
          .withName(notice.pod())
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              client.getKubernetesSerialization().asJson(patch));
      Thread.sleep(BETWEEN_PODS);
    } catch (KubernetesClientException e) {
      told.remove(key, notice.md5());
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND
          && e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        LOG.warnf("Pod %s was not told of its ring: %s", notice.pod(), e.getMessage());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    teller.shutdownNow();
  }
}
