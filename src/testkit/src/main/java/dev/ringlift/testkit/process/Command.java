package dev.ringlift.testkit.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A command that runs to its end: {@code Command.of("ls", "-l").in(folder).run()}. */
public final class Command {
  private final List<String> words;
  private final Map<String, String> environment = new HashMap<>();
  private @Nullable Path directory;
  private String input = "";
  private Duration timeout = Duration.ofMinutes(2);

  private Command(List<String> words) {
    this.words = List.copyOf(words);
  }

  public static Command of(String... words) {
    return of(List.of(words));
  }

  public static Command of(List<String> words) {
    return new Command(new ArrayList<>(words));
  }

  public Command environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  public Command in(Path folder) {
    directory = folder;
    return this;
  }

  /** What the command reads from its standard input; nothing by default. */
  public Command input(String text) {
    input = text;
    return this;
  }

  /** After this long the command is killed and {@link #run} fails; two minutes by default. */
  public Command timeout(Duration limit) {
    timeout = limit;
    return this;
  }

  /** The command line, for who runs it otherwise. */
  public List<String> words() {
    return words;
  }

  /** Runs the command and waits for it, whatever its exit code. */
  public Result run() {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().putAll(environment);
    if (directory != null) {
      builder.directory(directory.toFile());
    }
    Process process = Children.start(builder);
    // both are read while it runs: a full pipe would block it
    CompletableFuture<String> out = readAll(process.getInputStream());
    CompletableFuture<String> err = readAll(process.getErrorStream());
    write(process);
    try {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("%s ran for more than %s".formatted(words, timeout));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw Children.interrupted(e);
    }
    return new Result(words, process.exitValue(), out.join(), err.join());
  }

  private void write(Process process) {
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // it ended without reading its input: its exit code tells
    }
  }

  private static CompletableFuture<String> readAll(InputStream stream) {
    CompletableFuture<String> text = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try (stream) {
                text.complete(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
              } catch (IOException e) {
                text.completeExceptionally(new UncheckedIOException(e));
              }
            });
    return text;
  }

  /** What became of a command. */
  public record Result(List<String> command, int exitCode, String out, String err) {

    /** This result, where the exit code is 0; else an exception with all that the command said. */
    public Result orThrow() {
      if (exitCode != 0) {
        throw new IllegalStateException(
            "%s: exit code %d%n%s%s".formatted(String.join(" ", command), exitCode, out, err));
      }
      return this;
    }
  }
}
