package dev.ringlift.agent.task;

import dev.ringlift.relinker.ReconFile;
import org.jboss.logging.Logger;

/**
 * What recon hears of the tasks: what it would hear of swift-object-relinker, and so nothing of a
 * task that only looks. What can't be written is said once.
 */
final class TaskRecon {
  private static final Logger LOG = Logger.getLogger(TaskRecon.class);

  private final ReconFile file;
  private String problem = "";

  TaskRecon(ReconFile file) {
    this.file = file;
  }

  /** A task begins while no other runs. */
  void first(ActiveTask task) {
    if (!task.work().verifies()) {
      complainOf(file.reset());
    }
  }

  /** How far a task is. */
  void update(ActiveTask task) {
    if (!task.work().verifies()) {
      task.run().ifPresent(run -> complainOf(file.update(task.request(), run)));
    }
  }

  /** How a task ended. */
  void finish(ActiveTask task, boolean done) {
    if (!task.work().verifies()) {
      task.run().ifPresent(run -> complainOf(file.finish(task.request(), run, done ? 0 : 1)));
    }
  }

  private void complainOf(String sentence) {
    if (!sentence.isEmpty() && !sentence.equals(problem)) {
      LOG.warnf("recon: %s", sentence);
    }
    problem = sentence;
  }
}
