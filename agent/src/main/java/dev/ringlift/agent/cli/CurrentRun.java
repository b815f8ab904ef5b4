package dev.ringlift.agent.cli;

import dev.ringlift.relinker.RelinkRun;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The run that is under way. SIGTERM or Ctrl-C brings it, and with it the process, to an orderly
 * end, with the state of every device saved.
 */
final class CurrentRun {
  private static final String REASON = "The process was asked to end.";

  private @Nullable RelinkRun run;
  private boolean stopping;

  CurrentRun() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "ringlift-stop"));
  }

  synchronized RelinkRun start(Supplier<RelinkRun> starter) {
    RelinkRun started = starter.get();
    run = started;
    if (stopping) {
      started.stop(REASON);
    }
    return started;
  }

  private void stop() {
    RelinkRun last;
    synchronized (this) {
      stopping = true;
      last = run;
    }
    if (last != null) {
      last.stop(REASON);
      last.close();
    }
  }
}
