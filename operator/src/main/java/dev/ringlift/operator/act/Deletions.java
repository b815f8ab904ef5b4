package dev.ringlift.operator.act;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.operator.plan.Deletion;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jboss.logging.Logger;

/** Lets increases go that are deleted, or holds them by their finalizer and says why. */
public final class Deletions {
  /** Keeps an increase until it may go. */
  public static final String FINALIZER = ApiConstants.GROUP + "/increase";

  /** Kubernetes' own: the garbage collector takes an increase's tasks away before the increase. */
  private static final String FOREGROUND = "foregroundDeletion";

  /** Events are kept for about as long; a refusal that lasts is told again. */
  private static final Duration REMINDER = Duration.ofHours(1);

  private static final Logger LOG = Logger.getLogger(Deletions.class);

  private final KubernetesClient client;
  private final EventWriter eventWriter;

  /** When each increase, by uid, was last told. Lost with the process: then it is told again. */
  private final ConcurrentMap<String, Instant> told = new ConcurrentHashMap<>();

  public Deletions(KubernetesClient client, EventWriter eventWriter) {
    this.client = client;
    this.eventWriter = eventWriter;
  }

  /**
   * Whether this increase, which is marked for deletion, may go now; what there is to say about it
   * has then been said.
   *
   * @param increase as read from the API server just now
   */
  public boolean allows(PartitionPowerIncrease increase, Instant now) {
    String uid = increase.getMetadata().getUid();
    return switch (decide(increase)) {
      case Deletion.Allowed allowed -> {
        eventWriter.write(increase, allowed.farewell().stream().toList(), now);
        told.remove(uid);
        yield true;
      }
      case Deletion.Refused refused -> {
        Instant last = told.get(uid);
        if (last == null || last.plus(REMINDER).isBefore(now)) {
          eventWriter.write(increase, List.of(refused.advice()), now);
          told.put(uid, now);
        }
        dropFinalizer(increase, FOREGROUND);
        yield false;
      }
    };
  }

  private Deletion decide(PartitionPowerIncrease increase) {
    return Deletion.of(
        increase.getMetadata().getName(),
        increase.getStatus(),
        Optional.ofNullable(increase.getMetadata().getAnnotations())
            .map(annotations -> annotations.get(ApiConstants.ANNOTATION_FORCE_DELETE))
            .orElse(null),
        ends(increase.getMetadata().getNamespace()));
  }

  /**
   * An increase that has ended is held by nobody any more: not even where no operator is left that
   * could let it go.
   */
  public void letGo(PartitionPowerIncrease increase) {
    dropFinalizer(increase, FINALIZER);
  }

  /**
   * Where the namespace is being deleted, and the operator with it: lets all go, since nobody would
   * be left to do so.
   */
  public void letGoAllIfEnding(String namespace) {
    if (!ends(namespace)) {
      return;
    }
    for (PartitionPowerIncrease increase :
        client.resources(PartitionPowerIncrease.class).inNamespace(namespace).list().getItems()) {
      if (decide(increase) instanceof Deletion.Allowed(var farewell)) {
        farewell.ifPresent(
            words -> LOG.warnf("%s: %s", increase.getMetadata().getName(), words.message()));
      }
      letGo(increase);
    }
  }

  private boolean ends(String namespace) {
    try {
      Namespace found = client.namespaces().withName(namespace).get();
      return found != null && found.isMarkedForDeletion();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
        throw e;
      }
      LOG.warnf("The operator may not look at the namespace %s: %s", namespace, e.getMessage());
      return false;
    }
  }

  /** Over the very object that was read: another's finalizer never goes with it. */
  private void dropFinalizer(PartitionPowerIncrease increase, String finalizer) {
    List<String> finalizers = increase.getMetadata().getFinalizers();
    if (!finalizers.contains(finalizer)) {
      return;
    }
    List<String> others = new ArrayList<>(finalizers);
    others.remove(finalizer);
    Map<String, Object> patch =
        Map.of(
            "metadata",
            Map.of(
                "uid", increase.getMetadata().getUid(),
                "resourceVersion", increase.getMetadata().getResourceVersion(),
                "finalizers", others));
    try {
      client
          .resources(PartitionPowerIncrease.class)
          .inNamespace(increase.getMetadata().getNamespace())
          .withName(increase.getMetadata().getName())
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              client.getKubernetesSerialization().asJson(patch));
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw e;
      }
    }
  }
}
