package dev.ringlift.agent.task;

import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import java.util.Optional;

/**
 * The tasks in the API server, read past every cache. The methods throw the client's exception when
 * it can't be reached.
 */
public interface TaskApi {
  /** The task as it is now. */
  Optional<RelinkTask> read(String name);

  /** Whether the increase that owns the task is there; true for a task without an owner. */
  boolean hasOwner(RelinkTask task);

  /**
   * Writes the status of this very task: one that was deleted meanwhile, and made anew under the
   * same name, is left alone. Returns whether it is still there.
   */
  boolean write(RelinkTask task, RelinkTaskStatus status);
}
