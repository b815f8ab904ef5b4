package dev.ringlift.testkit.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A process that runs beside the test: its output goes to a log file, it can be killed at any
 * moment, and it never outlives this JVM (not even one that is killed with SIGKILL, where the
 * system has util-linux's setpriv).
 */
public final class ManagedProcess implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(20);

  private final String name;
  private final Path log;
  private final long logStart;
  private final Process process;

  private ManagedProcess(String name, Path log, long logStart, Process process) {
    this.name = name;
    this.log = log;
    this.logStart = logStart;
    this.process = process;
  }

  /** A process called {@code name} in messages, whose output is appended to {@code log}. */
  public static Builder builder(String name, Path log) {
    return new Builder(name, log);
  }

  /** The settings of a process; may be started again and again, each time as a new process. */
  public static final class Builder {
    private final String name;
    private final Path log;
    private final List<String> command = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private @Nullable Path directory;

    private Builder(String name, Path log) {
      this.name = name;
      this.log = log;
    }

    /** Adds words to the command line. */
    public Builder command(String... words) {
      command.addAll(List.of(words));
      return this;
    }

    /** Adds words to the command line. */
    public Builder command(List<String> words) {
      command.addAll(words);
      return this;
    }

    public Builder environment(String variable, String value) {
      environment.put(variable, value);
      return this;
    }

    public Builder in(Path folder) {
      directory = folder;
      return this;
    }

    public ManagedProcess start() {
      try {
        Files.createDirectories(log.toAbsolutePath().getParent());
        long logStart = Files.exists(log) ? Files.size(log) : 0;
        ProcessBuilder builder =
            new ProcessBuilder(new ArrayList<>(command))
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        if (directory != null) {
          builder.directory(directory.toFile());
        }
        return new ManagedProcess(name, log, logStart, Children.start(builder));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  public String name() {
    return name;
  }

  public long pid() {
    return process.pid();
  }

  public Path log() {
    return log;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** What this process has written so far; not what an earlier one left in the same file. */
  public String output() {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      byte[] bytes = new byte[(int) Math.max(0, file.length() - logStart)];
      file.seek(logStart);
      file.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Waits until a line of the output matches, and gives that line. Fails, with the end of the
   * output, when the process ends before or the time is up.
   */
  public String awaitOutput(String regex, Duration timeout) {
    Pattern pattern = Pattern.compile(regex);
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      boolean ended = !isAlive(); // asked first: what it wrote last is then there
      Optional<String> line = output().lines().filter(l -> pattern.matcher(l).find()).findFirst();
      if (line.isPresent()) {
        return line.get();
      }
      if (ended) {
        throw new IllegalStateException(
            "%s ended with exit code %d before it wrote '%s':%n%s"
                .formatted(name, process.exitValue(), regex, tail()));
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "%s did not write '%s' within %s:%n%s".formatted(name, regex, timeout, tail()));
      }
      pause();
    }
  }

  /** The last lines of the output, for messages. */
  public String tail() {
    List<String> lines = output().lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }

  /** SIGTERM, and the exit code; SIGKILL and an exception when it hasn't ended within the time. */
  public int terminate(Duration timeout) {
    process.destroy();
    try {
      return await(timeout);
    } catch (IllegalStateException e) {
      kill();
      throw new IllegalStateException(name + " did not end on SIGTERM: " + e.getMessage(), e);
    }
  }

  /** Waits for the process to end by itself, and gives its exit code. */
  public int await(Duration timeout) {
    try {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(
            "%s still runs after %s:%n%s".formatted(name, timeout, tail()));
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw Children.interrupted(e);
    }
  }

  /** SIGKILL; comes back when the process is gone. Harmless where it is already. */
  public void kill() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      throw Children.interrupted(e);
    }
  }

  /** SIGSTOP: the process is there, and does nothing, until {@link #thaw}. */
  public void freeze() {
    signal("STOP");
  }

  /** SIGCONT. */
  public void thaw() {
    signal("CONT");
  }

  private void signal(String signal) {
    Command.of("kill", "-" + signal, Long.toString(pid())).run().orThrow();
  }

  @Override
  public void close() {
    kill();
  }

  private static void pause() {
    try {
      Thread.sleep(POLL);
    } catch (InterruptedException e) {
      throw Children.interrupted(e);
    }
  }
}
