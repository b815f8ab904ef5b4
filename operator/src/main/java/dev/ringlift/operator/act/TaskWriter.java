package dev.ringlift.operator.act;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.operator.plan.Decision.TaskChange;
import dev.ringlift.operator.plan.Reason;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Creates and changes RelinkTasks. A task's name follows from what it is for, so creating one twice
 * makes one; a change is a merge patch of the spec that carries the resourceVersion it was made
 * from.
 */
public final class TaskWriter {
  /**
   * As many are written before the increase is looked at anew: what is to be written may have
   * changed by then.
   */
  public static final int AT_ONCE = 400;

  private static final int PER_SECOND = 40;
  private static final int BURST = 40;
  private static final int UNPROCESSABLE = 422;

  private final KubernetesClient client;
  private final Pace pace = new Pace(PER_SECOND, BURST, System::nanoTime, Thread::sleep);

  public TaskWriter(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Makes the first {@value #AT_ONCE} changes, spread in time; one that came too late is left to
   * the next look, and one that is refused keeps none of the others back.
   *
   * @return those that the API server refused, with its reason
   */
  public List<Problem> write(PartitionPowerIncrease increase, List<TaskChange> changes) {
    List<Problem> refused = new ArrayList<>();
    for (TaskChange change : changes.subList(0, Math.min(AT_ONCE, changes.size()))) {
      pace.await();
      try {
        if (change.resourceVersion() == null) {
          client.resource(task(increase, change, null)).create();
        } else {
          patch(increase, change);
        }
      } catch (KubernetesClientException e) {
        if (isRefusal(e)) {
          refused.add(
              new Problem(
                  change.spec().nodeName(),
                  null,
                  Reason.TaskRejected.name(),
                  "The API server refuses the RelinkTask %s of node %s: %s"
                      .formatted(change.name(), change.spec().nodeName(), reason(e))));
        } else if (e.getCode() != HttpURLConnection.HTTP_CONFLICT
            && e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
          throw e;
        }
      }
    }
    return refused;
  }

  /** Whether it is about this very task: what fails for all of them alike is tried again soon. */
  private static boolean isRefusal(KubernetesClientException e) {
    return e.getCode() == HttpURLConnection.HTTP_BAD_REQUEST
        || e.getCode() == HttpURLConnection.HTTP_FORBIDDEN
        || e.getCode() == HttpURLConnection.HTTP_ENTITY_TOO_LARGE
        || e.getCode() == UNPROCESSABLE;
  }

  private static String reason(KubernetesClientException e) {
    return e.getStatus() == null || e.getStatus().getMessage() == null
        ? String.valueOf(e.getMessage())
        : e.getStatus().getMessage();
  }

  private void patch(PartitionPowerIncrease increase, TaskChange change) {
    RelinkTask patch = task(increase, change, change.resourceVersion());
    client
        .resources(RelinkTask.class)
        .inNamespace(increase.getMetadata().getNamespace())
        .withName(change.name())
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            client.getKubernetesSerialization().asJson(patch));
  }

  private static RelinkTask task(
      PartitionPowerIncrease increase, TaskChange change, @Nullable String resourceVersion) {
    RelinkTaskSpec spec = change.spec();
    RelinkTask task = new RelinkTask();
    task.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(increase.getMetadata().getNamespace())
            .withName(change.name())
            .withResourceVersion(resourceVersion)
            .addToLabels(ApiConstants.LABEL_INCREASE_UID, spec.increaseUid())
            .addToLabels(ApiConstants.LABEL_NODE, spec.nodeName())
            .addToLabels(ApiConstants.LABEL_CYCLE, Integer.toString(spec.cycle()))
            .addToLabels(ApiConstants.LABEL_STEP, spec.step().name())
            .withOwnerReferences(
                new OwnerReferenceBuilder()
                    .withApiVersion(increase.getApiVersion())
                    .withKind(increase.getKind())
                    .withName(increase.getMetadata().getName())
                    .withUid(increase.getMetadata().getUid())
                    .withController(true)
                    .build())
            .build());
    task.setSpec(spec);
    return task;
  }
}
