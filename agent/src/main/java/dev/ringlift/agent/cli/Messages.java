package dev.ringlift.agent.cli;

import dev.ringlift.agent.conf.UserError;
import dev.ringlift.relinker.DeviceProgress;
import dev.ringlift.relinker.DeviceResult;
import dev.ringlift.relinker.Problem;
import java.io.Console;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a run by hand says: lines, a progress line where a person looks on, or lines of JSON for a
 * machine.
 */
final class Messages implements AutoCloseable {
  private static final long PLAIN_INTERVAL = Duration.ofSeconds(60).toNanos();

  private final PrintStream out;
  private final boolean json;
  private final boolean terminal;
  private final boolean debug;
  private long told = System.nanoTime();
  private boolean lineOpen;

  private Messages(PrintStream out, boolean json, boolean terminal, boolean debug) {
    this.out = out;
    this.json = json;
    this.terminal = terminal;
    this.debug = debug;
  }

  static Messages to(WalkOptions options) throws UserError {
    try {
      if (options.logfile != null && options.confFile == null) {
        PrintStream file =
            new PrintStream(
                new FileOutputStream(options.logfile.toFile(), true), true, StandardCharsets.UTF_8);
        return new Messages(file, options.json, false, options.debug);
      }
    } catch (IOException e) {
      throw new UserError("The log file cannot be written: " + e.getMessage() + ".");
    }
    PrintStream standard = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    boolean terminal = !options.json && onTerminal();
    return new Messages(standard, options.json, terminal, options.debug);
  }

  /** JDK 25 gives no console, or one that is no terminal, when output goes elsewhere. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean onTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  void info(String text) {
    line("info", text);
  }

  void warn(String text) {
    line("warning", text);
  }

  /** A problem's sentence; nothing for an empty one. */
  void problem(String text) {
    if (!text.isEmpty()) {
      line("warning", text);
    }
  }

  /**
   * How far all devices are: at every call on a terminal, else once a minute (every ten seconds in
   * debug).
   */
  synchronized void progress(List<DeviceProgress> devices, boolean last) {
    long interval = debug || json ? PLAIN_INTERVAL / 6 : PLAIN_INTERVAL;
    if (!terminal && (last || System.nanoTime() - told < interval)) {
      return;
    }
    told = System.nanoTime();
    long done = 0;
    long total = 0;
    long errors = 0;
    double rate = 0;
    Optional<Duration> remaining = Optional.empty();
    for (DeviceProgress each : devices) {
      done += each.partitionsDone();
      total += each.partitionsTotal();
      errors += each.counters().errors();
      rate += each.state() == DeviceProgress.State.ENDED ? 0 : each.hashDirsPerSecond();
      if (each.remaining().isPresent()
          && (remaining.isEmpty() || each.remaining().get().compareTo(remaining.get()) > 0)) {
        remaining = each.remaining();
      }
    }
    if (json) {
      out.printf(
          "{\"event\":\"progress\",\"partitions_done\":%d,\"partitions_total\":%d,\"errors\":%d,\"hash_dirs_per_second\":%.1f}%n",
          done, total, errors, rate);
      return;
    }
    String left = remaining.map(time -> ", about " + readable(time) + " left").orElse("");
    String text =
        "%d of %d partitions, %.0f hash dirs/s, %d errors%s"
            .formatted(done, total, rate, errors, left);
    if (terminal) {
      out.print("\r\033[K" + text);
      out.flush();
      lineOpen = true;
    } else {
      out.println(text);
    }
  }

  /** How each device ended, and what it met; in words only where a person must know. */
  void results(List<DeviceProgress> devices) {
    for (DeviceProgress each : devices) {
      outcome(each);
      for (Problem problem : each.problems()) {
        line("warning", problem.toString());
      }
    }
  }

  /** How each device ended, where what it met has been said already. */
  void outcomes(List<DeviceProgress> devices) {
    devices.forEach(this::outcome);
  }

  /** A file that verify found wrong. */
  synchronized void finding(Problem problem) {
    if (json) {
      out.printf(
          "{\"event\":\"finding\",\"path\":%s,\"message\":%s}%n",
          quoted(problem.path()), quoted(problem.message()));
    } else {
      line("warning", problem.toString());
    }
  }

  private void outcome(DeviceProgress each) {
    DeviceResult result = each.result().orElseThrow();
    if (json) {
      out.printf(
          "{\"event\":\"device\",\"device\":%s,\"result\":%s,\"partitions_done\":%d,\"partitions_total\":%d,\"message\":%s}%n",
          quoted(each.device()),
          quoted(result.getClass().getSimpleName()),
          each.partitionsDone(),
          each.partitionsTotal(),
          quoted(result.message()));
    } else {
      line(
          result.succeeded() ? "info" : "warning",
          "Device %s: %d of %d partitions. %s"
              .formatted(
                  each.device(), each.partitionsDone(), each.partitionsTotal(), result.message()));
    }
  }

  @Override
  public void close() {
    endLine();
    out.flush();
  }

  private synchronized void line(String level, String text) {
    endLine();
    if (json) {
      out.printf(
          "{\"event\":\"message\",\"level\":%s,\"message\":%s}%n", quoted(level), quoted(text));
    } else {
      out.println(text);
    }
  }

  private void endLine() {
    if (lineOpen) {
      out.println();
      lineOpen = false;
    }
  }

  private static String readable(Duration time) {
    return time.toHours() > 0
        ? "%d h %d min".formatted(time.toHours(), time.toMinutesPart())
        : time.toMinutes() > 0
            ? "%d min".formatted(time.toMinutes())
            : "%d s".formatted(time.toSeconds());
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      if (each == '"' || each == '\\') {
        quoted.append('\\').append(each);
      } else if (each < 0x20) {
        quoted.append("\\u%04x".formatted((int) each));
      } else {
        quoted.append(each);
      }
    }
    return quoted.append('"').toString();
  }
}
