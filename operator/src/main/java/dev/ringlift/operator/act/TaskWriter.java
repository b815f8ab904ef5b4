package dev.ringlift.operator.act;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.operator.plan.Decision.TaskChange;
import dev.ringlift.operator.plan.Reason;
import dev.ringlift.operator.plan.TaskNames;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Creates and changes RelinkTasks. A task's name follows from what it is for, so creating one twice
 * makes one; where a task that is not this increase's has the name, one that was left behind by an
 * increase of the same name, it follows from this increase's uid as well. A change is a merge patch
 * of the spec that carries the resourceVersion it was made from.
 */
public final class TaskWriter {
  /**
   * As many are written before the increase is looked at anew: what is to be written may have
   * changed by then.
   */
  public static final int AT_ONCE = 400;

  private static final int PER_SECOND = 40;
  private static final int BURST = 40;

  /**
   * What became of changes.
   *
   * @param refused what the API server has against some of them
   * @param undone names of the tasks of those that are left to the next look
   */
  public record Written(List<Problem> refused, Set<String> undone) {
    /** There were none. */
    public static final Written NOTHING = new Written(List.of(), Set.of());

    public Written {
      refused = List.copyOf(refused);
      undone = Set.copyOf(undone);
    }
  }

  private final KubernetesClient client;
  private final int atOnce;
  private final Pace pace = new Pace(PER_SECOND, BURST, System::nanoTime, Thread::sleep);

  public TaskWriter(KubernetesClient client) {
    this(client, AT_ONCE);
  }

  /**
   * The same.
   *
   * @param atOnce how many changes one call makes
   */
  TaskWriter(KubernetesClient client, int atOnce) {
    this.client = client;
    this.atOnce = atOnce;
  }

  /**
   * Makes the first {@value #AT_ONCE} changes, spread in time; one that came too late is left to
   * the next look, and one that is refused keeps none of the others back.
   */
  public Written write(PartitionPowerIncrease increase, List<TaskChange> changes) {
    List<Problem> refused = new ArrayList<>();
    Set<String> undone = new TreeSet<>();
    List<TaskChange> first = changes.subList(0, Math.min(atOnce, changes.size()));
    changes.subList(first.size(), changes.size()).forEach(change -> undone.add(change.name()));
    for (TaskChange change : first) {
      pace.await();
      try {
        if (change.resourceVersion() == null) {
          create(increase, change);
        } else {
          patch(increase, change);
        }
      } catch (KubernetesClientException e) {
        Optional<String> refusal = Refusal.of(e);
        if (refusal.isPresent()) {
          refused.add(
              problem(
                  change,
                  "The API server refuses the RelinkTask %s of node %s: %s"
                      .formatted(change.name(), change.spec().nodeName(), refusal.get())));
        } else if (isLate(e)) {
          undone.add(change.name());
        } else {
          throw e;
        }
      } catch (NameTakenException e) {
        refused.add(problem(change, e.getMessage()));
      }
    }
    return new Written(refused, undone);
  }

  private static boolean isLate(KubernetesClientException e) {
    return e.getCode() == HttpURLConnection.HTTP_CONFLICT
        || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
  }

  private static Problem problem(TaskChange change, String message) {
    return new Problem(change.spec().nodeName(), null, Reason.TaskRejected.name(), message);
  }

  /** Tasks that are not this increase's have both of the names that its own could have. */
  private static final class NameTakenException extends Exception {
    private static final long serialVersionUID = 1L;

    NameTakenException(String task, String node) {
      super(
          "RelinkTask %s has the name of node %s's task, and is not this increase's. See whose it is, and delete it: kubectl delete relinktask %s"
              .formatted(task, node, task));
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }

  private void create(PartitionPowerIncrease increase, TaskChange change)
      throws NameTakenException {
    try {
      client.resource(task(increase, change, null)).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT || !isForeign(increase, change.name())) {
        throw e;
      }
      createBeside(increase, change);
    }
  }

  private void createBeside(PartitionPowerIncrease increase, TaskChange change)
      throws NameTakenException {
    String name = TaskNames.ofVery(increase.getMetadata().getUid(), change.name());
    pace.await();
    try {
      client.resource(task(increase, new TaskChange(name, change.spec(), null), null)).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT && isForeign(increase, name)) {
        throw new NameTakenException(name, change.spec().nodeName());
      }
      throw e;
    }
  }

  /** Whether it is there, and among this increase's tasks it will never be seen. */
  private boolean isForeign(PartitionPowerIncrease increase, String name) {
    RelinkTask there =
        client
            .resources(RelinkTask.class)
            .inNamespace(increase.getMetadata().getNamespace())
            .withName(name)
            .get();
    if (there == null) {
      return false;
    }
    Map<String, String> labels = there.getMetadata().getLabels();
    return labels == null
        || !increase.getMetadata().getUid().equals(labels.get(ApiConstants.LABEL_INCREASE_UID));
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
