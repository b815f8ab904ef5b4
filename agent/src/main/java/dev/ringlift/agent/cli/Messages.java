package dev.ringlift.agent.cli;

import dev.ringlift.agent.conf.UserError;
import dev.ringlift.relinker.DeviceProgress;
import dev.ringlift.relinker.DeviceResult;
import dev.ringlift.relinker.Needs;
import dev.ringlift.relinker.Problem;
import java.io.Console;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

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
   * debug, and as JSON).
   */
  synchronized void progress(String policy, List<DeviceProgress> devices, boolean last) {
    long interval = debug || json ? PLAIN_INTERVAL / 6 : PLAIN_INTERVAL;
    if (!terminal && (last || System.nanoTime() - told < interval)) {
      return;
    }
    told = System.nanoTime();
    ProgressText text = new ProgressText(policy, devices);
    if (json) {
      out.println(text.json());
    } else if (terminal) {
      out.print("\r\033[K" + printable(text.line()));
      out.flush();
      lineOpen = true;
    } else {
      text.lines().forEach(line -> out.println(printable(line)));
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
      out.println(
          JsonLine.event("finding").put("path", problem.path()).put("message", problem.message()));
    } else {
      line("warning", problem.toString());
    }
  }

  /** The process ends without these devices. */
  void hanging(List<String> devices) {
    warn(
        "Not waited for any longer, because they do not answer: %s."
            .formatted(String.join(", ", devices)));
  }

  private void outcome(DeviceProgress each) {
    DeviceResult result = each.result().orElseThrow();
    if (json) {
      JsonLine event =
          JsonLine.event("device")
              .put("device", each.device())
              .put("result", result.getClass().getSimpleName())
              .put("partitions_done", each.partitionsDone())
              .put("partitions_total", each.partitionsTotal())
              .put("message", result.message());
      each.needs()
          .ifPresent(
              needs ->
                  event
                      .put("links", each.counters().linked())
                      .put("directories", needs.directories())
                      .put("inodes", needs.inodes())
                      .put("inodes_free", needs.inodesFree()));
      out.println(event);
    } else {
      line(
          result.succeeded() ? "info" : "warning",
          "Device %s: %d of %d partitions. %s"
              .formatted(
                  each.device(), each.partitionsDone(), each.partitionsTotal(), result.message()));
      each.needs().ifPresent(needs -> line("info", needed(each, needs)));
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
      out.println(JsonLine.event("message").put("level", level).put("message", text));
    } else {
      out.println(printable(text));
    }
  }

  /** Names on disks may hold line ends, or what a terminal obeys: shown as {@code \\xNN}. */
  static String printable(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            each -> {
              if (Character.isISOControl(each)) {
                shown.append("\\x%02x".formatted(each));
              } else {
                shown.appendCodePoint(each);
              }
            });
    return shown.toString();
  }

  private void endLine() {
    if (lineOpen) {
      out.println();
      lineOpen = false;
    }
  }

  private static String needed(DeviceProgress device, Needs needs) {
    String free =
        needs.inodesFree() == Long.MAX_VALUE
            ? "the file system does not count them"
            : needs.inodesFree() + " are free";
    return "Device %s: %d objects, %d links and %d directories to be made: up to %d inodes needed; %s."
        .formatted(
            device.device(),
            device.counters().hashDirs(),
            device.counters().linked(),
            needs.directories(),
            needs.inodes(),
            free);
  }
}
