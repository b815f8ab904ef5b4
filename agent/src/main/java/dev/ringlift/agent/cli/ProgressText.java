package dev.ringlift.agent.cli;

import dev.ringlift.relinker.DeviceProgress;
import dev.ringlift.relinker.DeviceProgress.State;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How far the devices of a policy are, in words and in JSON. */
record ProgressText(String policy, List<DeviceProgress> devices) {
  ProgressText {
    devices = List.copyOf(devices);
  }

  /** All devices in one line; the time left is that of the device that needs longest. */
  String line() {
    return "%s: %d of %d partitions, %.0f hash dirs/s, %d errors%s"
        .formatted(
            policy, partitionsDone(), partitionsTotal(), rate(), errors(), left(remaining()));
  }

  /** A line for all devices and, where there are several, one for each that is being worked on. */
  List<String> lines() {
    return devices.size() == 1
        ? List.of(line())
        : Stream.concat(
                Stream.of(line()),
                devices.stream().filter(ProgressText::isAtWork).map(ProgressText::line))
            .toList();
  }

  private static String line(DeviceProgress device) {
    String held =
        switch (device.state()) {
          case WAITING_FOR_LOCK -> ", waits for the device's lock";
          case PAUSED -> ", held back";
          case PENDING, RUNNING, ENDED -> "";
        };
    return "  %s: %d of %d partitions, %.0f hash dirs/s, %d errors%s%s"
        .formatted(
            device.device(),
            device.partitionsDone(),
            device.partitionsTotal(),
            device.hashDirsPerSecond(),
            device.counters().errors(),
            left(device.remaining()),
            held);
  }

  /** An event of the kind {@code progress}, with the devices; {@code seconds_left} where known. */
  JsonLine json() {
    JsonLine all =
        figures(
            JsonLine.event("progress").put("policy", policy),
            partitionsDone(),
            partitionsTotal(),
            errors(),
            rate(),
            remaining());
    return all.put("devices", devices.stream().map(ProgressText::json).toList());
  }

  private static JsonLine json(DeviceProgress device) {
    return figures(
        new JsonLine()
            .put("device", device.device())
            .put("state", device.state().name().toLowerCase(Locale.ROOT)),
        device.partitionsDone(),
        device.partitionsTotal(),
        device.counters().errors(),
        isAtWork(device) ? device.hashDirsPerSecond() : 0,
        device.remaining());
  }

  private static JsonLine figures(
      JsonLine line, long done, long total, long errors, double rate, Optional<Duration> left) {
    line.put("partitions_done", done)
        .put("partitions_total", total)
        .put("errors", errors)
        .put("hash_dirs_per_second", rate);
    left.ifPresent(time -> line.put("seconds_left", time.toSeconds()));
    return line;
  }

  private static boolean isAtWork(DeviceProgress device) {
    return device.state() != State.PENDING && device.state() != State.ENDED;
  }

  private long partitionsDone() {
    return devices.stream().mapToLong(DeviceProgress::partitionsDone).sum();
  }

  private long partitionsTotal() {
    return devices.stream().mapToLong(DeviceProgress::partitionsTotal).sum();
  }

  private long errors() {
    return devices.stream().mapToLong(each -> each.counters().errors()).sum();
  }

  private double rate() {
    return devices.stream()
        .filter(ProgressText::isAtWork)
        .mapToDouble(DeviceProgress::hashDirsPerSecond)
        .sum();
  }

  /** Unknown while devices wait for their turn: what they hold has not been looked at. */
  private Optional<Duration> remaining() {
    return devices.stream().anyMatch(each -> each.state() == State.PENDING)
        ? Optional.empty()
        : devices.stream().flatMap(each -> each.remaining().stream()).max(Duration::compareTo);
  }

  private static String left(Optional<Duration> remaining) {
    return remaining.map(time -> ", about " + readable(time) + " left").orElse("");
  }

  private static String readable(Duration time) {
    return time.toHours() > 0
        ? "%d h %d min".formatted(time.toHours(), time.toMinutesPart())
        : time.toMinutes() > 0
            ? "%d min".formatted(time.toMinutes())
            : "%d s".formatted(time.toSeconds());
  }
}
