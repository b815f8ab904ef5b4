package dev.ringlift.testkit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Starts every child process of the testkit, so that none outlives this JVM.
 *
 * <p>On an orderly end a shutdown hook kills them. Against {@code kill -9} the kernel is asked
 * (setpriv's {@code --pdeathsig}) to kill each child when its parent dies. The kernel's notion of
 * "parent" is the <em>thread</em> that forked, see prctl(2), so all are started by one thread that
 * lives as long as the JVM. Where setpriv is missing or too old, the hook alone must do.
 */
final class Children {
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();
  private static final ExecutorService STARTER =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("starter").factory());
  private static final List<String> DIES_WITH_PARENT = diesWithParent();

  static {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> RUNNING.forEach(Process::destroyForcibly), "kill-children"));
  }

  private Children() {}

  /** Starts the command of {@code builder}; an {@link UncheckedIOException} says why it can't. */
  static Process start(ProcessBuilder builder) {
    List<String> command = new ArrayList<>(DIES_WITH_PARENT);
    command.addAll(builder.command());
    builder.command(command);
    try {
      Process process = STARTER.submit(builder::start).get();
      RUNNING.removeIf(earlier -> !earlier.isAlive());
      RUNNING.add(process);
      return process;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw new UncheckedIOException(cause);
      }
      throw new IllegalStateException("could not start " + command, e.getCause());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** The testkit's methods block and are not declared to be interruptible: this ends them. */
  static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while waiting for a process", e);
  }

  private static List<String> diesWithParent() {
    List<String> prefix = List.of("setpriv", "--pdeathsig", "KILL");
    List<String> probe = new ArrayList<>(prefix);
    probe.add("true");
    try {
      Process process =
          new ProcessBuilder(probe)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0 ? prefix : List.of();
    } catch (IOException e) {
      return List.of();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }
}
