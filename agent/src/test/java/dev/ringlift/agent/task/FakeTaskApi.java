package dev.ringlift.agent.task;

import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The tasks of an API server that can be cut off. */
final class FakeTaskApi implements TaskApi {
  final Map<String, RelinkTask> tasks = new TreeMap<>();
  final List<RelinkTaskStatus> writes = new ArrayList<>();
  boolean cutOff;
  boolean ownerGone;

  void put(RelinkTask task) {
    tasks.put(task.getMetadata().getName(), task);
  }

  RelinkTaskStatus status(String name) {
    return Optional.ofNullable(tasks.get(name)).map(RelinkTask::getStatus).orElseThrow();
  }

  @Override
  public Optional<RelinkTask> read(String name) {
    reach();
    return Optional.ofNullable(tasks.get(name));
  }

  @Override
  public boolean hasOwner(RelinkTask task) {
    reach();
    return !ownerGone;
  }

  @Override
  public boolean write(RelinkTask task, RelinkTaskStatus status) {
    reach();
    writes.add(status);
    RelinkTask there = tasks.get(task.getMetadata().getName());
    if (there == null || !there.getMetadata().getUid().equals(task.getMetadata().getUid())) {
      return false;
    }
    put(Tasks.with(there, status));
    return true;
  }

  private void reach() {
    if (cutOff) {
      throw new IllegalStateException("the API server is out of reach");
    }
  }
}
