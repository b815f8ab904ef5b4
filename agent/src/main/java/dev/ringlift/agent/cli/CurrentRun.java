package dev.ringlift.agent.cli;

import dev.ringlift.relinker.RelinkRun;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The run that is under way, for as long as its command is. SIGTERM or Ctrl-C brings it, and with
 * it the process, to an orderly end, with the state of every device saved; and the command may say
 * how it ended before the process is gone.
 */
final class CurrentRun implements AutoCloseable {
  private static final String REASON = "The process was asked to end.";
  private static final long LAST_WORDS_SECONDS = 10;

  private final CountDownLatch commandEnded = new CountDownLatch(1);
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
    try {
      commandEnded.await(LAST_WORDS_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The command has said all that it has to say. */
  @Override
  public void close() {
    commandEnded.countDown();
  }
}
