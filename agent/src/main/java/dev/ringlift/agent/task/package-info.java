/**
 * The execution of RelinkTasks: {@code TaskPlanner} decides what to do about a task from what is
 * there, {@code TaskExecutor} does it. May depend on the API types, the Kubernetes client, the
 * relinker library, and on the packages {@code contact} and {@code node}.
 */
@NullMarked
package dev.ringlift.agent.task;

import org.jspecify.annotations.NullMarked;
