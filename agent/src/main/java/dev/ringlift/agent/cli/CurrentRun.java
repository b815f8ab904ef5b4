package dev.ringlift.agent.cli;

import dev.ringlift.relinker.DeviceProgress;
import dev.ringlift.relinker.RelinkRun;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The run that is under way, for as long as its command is. SIGTERM or Ctrl-C brings it, and with
 * it the process, to an orderly end, with the state of every device saved; and the command may say
 * how it ended before the process is gone. A device that hangs in a system call is not waited for
 * longer than {@link #PATIENCE}: its state was saved a moment ago, and is right.
 */
final class CurrentRun implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final String REASON = "The process was asked to end.";
  private static final long LAST_WORDS_SECONDS = 10;

  private final CountDownLatch commandEnded = new CountDownLatch(1);
  private @Nullable RelinkRun run;
  private boolean stopping;
  private volatile Consumer<List<String>> lastWords = hanging -> {};

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

  /** What is to be said in the command's place when these devices keep it from its end. */
  void ifHanging(Consumer<List<String>> words) {
    lastWords = words;
  }

  void stop() {
    RelinkRun last;
    synchronized (this) {
      stopping = true;
      last = run;
    }
    try {
      if (last != null) {
        last.stop(REASON);
        if (last.await(PATIENCE).isEmpty()) {
          lastWords.accept(hanging(last));
          return;
        }
      }
      commandEnded.await(LAST_WORDS_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<String> hanging(RelinkRun run) {
    return run.progress().stream()
        .filter(device -> device.result().isEmpty())
        .map(DeviceProgress::device)
        .toList();
  }

  /** The command has said all that it has to say. */
  @Override
  public void close() {
    commandEnded.countDown();
  }
}
