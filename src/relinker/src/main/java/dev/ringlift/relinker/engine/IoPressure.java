package dev.ringlift.relinker.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much the machine's tasks stall on I/O: {@code some avg10} of {@code /proc/pressure/io} (Linux
 * 4.20 and later, where enabled), looked at once a second. Where there is no such file, the limit
 * never holds anything back.
 */
final class IoPressure {
  private static final Pattern SOME = Pattern.compile("some avg10=([0-9.]+) .*");
  private static final long FRESH = TimeUnit.SECONDS.toNanos(1);

  private final Path file;
  private final Ticker ticker;
  private volatile long readAt;
  private volatile double percent;

  IoPressure(Path file, Ticker ticker) {
    this.file = file;
    this.ticker = ticker;
    this.readAt = ticker.nanos() - FRESH;
  }

  static IoPressure ofThisMachine() {
    return new IoPressure(Path.of("/proc/pressure/io"), Ticker.SYSTEM);
  }

  /** Whether the pressure is above this percentage; never for 0. */
  boolean above(double limit) {
    if (limit == 0) {
      return false;
    }
    long now = ticker.nanos();
    if (now - readAt >= FRESH) {
      readAt = now;
      percent = read();
    }
    return percent > limit;
  }

  private double read() {
    try {
      for (String line : Files.readAllLines(file)) {
        Matcher matcher = SOME.matcher(line);
        if (matcher.matches()) {
          return Double.parseDouble(matcher.group(1));
        }
      }
      return 0;
    } catch (IOException e) {
      return 0;
    }
  }
}
