package dev.ringlift.relinker.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringlift.relinker.Counters;
import dev.ringlift.relinker.DeviceProgress;
import dev.ringlift.relinker.DeviceResult;
import dev.ringlift.relinker.Guard;
import dev.ringlift.relinker.LiveSettings;
import dev.ringlift.relinker.ReconFile;
import dev.ringlift.relinker.RelinkRequest;
import dev.ringlift.relinker.RelinkRun;
import dev.ringlift.relinker.posix.Posix;
import dev.ringlift.relinker.posix.PosixException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Writes {@code relinker.recon} as Swift's {@code dump_recon_cache} does: under {@code flock} on
 * the file itself, keys of others in it are kept, and the new file is renamed into place. The
 * format is that of {@code swift/cli/relinker.py}: one line of JSON with sorted keys.
 */
public final class LocalReconFile implements ReconFile {
  private static final String NAME = "relinker.recon";
  private static final long LOCK_TIMEOUT = TimeUnit.SECONDS.toNanos(2);

  /** A thousand devices have a tenth of it; a file that is larger is none of Swift's or ours. */
  private static final int LARGEST = 8 << 20;

  /** Longer than Swift's and our own workers are silent by default. */
  private static final Duration SILENCE = Duration.ofMinutes(15);

  /** Swift's code for a run with errors. */
  private static final int ERRORS = 1;

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(com.fasterxml.jackson.databind.cfg.JsonNodeFeature.WRITE_PROPERTIES_SORTED)
          .build();

  private final Path directory;
  private final Supplier<Posix> source;
  private final Clock clock;
  private final String worker = Long.toString(ProcessHandle.current().pid());
  private ObjectNode devices = NODES.objectNode();

  public LocalReconFile(Path directory, Supplier<Posix> source, Clock clock) {
    this.directory = directory;
    this.source = source;
    this.clock = clock;
  }

  /** What is to become of the file's contents; false when nothing has changed. */
  @FunctionalInterface
  private interface Change {
    boolean in(ObjectNode contents);
  }

  @Override
  public synchronized String reset() {
    devices = NODES.objectNode();
    return write(
        root -> {
          root.remove(List.of("devices", "workers"));
          return true;
        });
  }

  @Override
  public synchronized String update(RelinkRequest request, RelinkRun run) {
    return write(request, run, Optional.empty());
  }

  @Override
  public synchronized String finish(RelinkRequest request, RelinkRun run, int returnCode) {
    return write(request, run, Optional.of(returnCode));
  }

  @Override
  public synchronized String end(Collection<String> names, int returnCode) {
    return write(names, Optional.of(returnCode));
  }

  @Override
  public synchronized String endKilled() {
    return Files.exists(directory.resolve(NAME)) ? write(this::endKilled) : "";
  }

  private boolean endKilled(ObjectNode root) {
    boolean changed = false;
    for (Map.Entry<String, JsonNode> each : root.path("workers").properties()) {
      JsonNode code = each.getValue().path("return_code");
      if (code.isNull() && isKilled(each.getKey(), each.getValue().path("timestamp").asDouble())) {
        ((ObjectNode) each.getValue()).put("return_code", ERRORS);
        changed = true;
      }
    }
    return changed;
  }

  /** Whether no process of this number has lived since the worker was last heard of. */
  private boolean isKilled(String worker, double heard) {
    if (seconds(clock.instant()) - heard < SILENCE.toSeconds() || !worker.matches("[0-9]{1,18}")) {
      return false;
    }
    return ProcessHandle.of(Long.parseLong(worker))
        .filter(ProcessHandle::isAlive)
        .flatMap(process -> process.info().startInstant())
        .filter(start -> seconds(start) <= heard)
        .isEmpty();
  }

  private String write(RelinkRequest request, RelinkRun run, Optional<Integer> returnCode) {
    List<String> names = new ArrayList<>();
    for (DeviceProgress each : run.progress()) {
      names.add(each.device());
      addDevice(request, each);
    }
    return write(names, returnCode);
  }

  private String write(Collection<String> names, Optional<Integer> returnCode) {
    ObjectNode node = NODES.objectNode();
    ArrayNode array = node.putArray("devices");
    names.forEach(array::add);
    node.put("timestamp", seconds(clock.instant()));
    returnCode.ifPresentOrElse(
        code -> node.put("return_code", code), () -> node.putNull("return_code"));
    return write(
        root -> {
          object(root, "devices").setAll(devices);
          object(root, "workers").set(worker, node);
          return true;
        });
  }

  /** The object of this name; a new one also in place of something else that somebody has put. */
  private static ObjectNode object(ObjectNode root, String name) {
    return root.get(name) instanceof ObjectNode object ? object : root.putObject(name);
  }

  private void addDevice(RelinkRequest request, DeviceProgress progress) {
    if (progress.started().isEmpty()) {
      return;
    }
    ObjectNode device = object(devices, progress.device());
    ObjectNode policy = NODES.objectNode();
    policy.put("step", request.step().swiftName());
    policy.put("part_power", request.partPower());
    policy.put("next_part_power", request.nextPartPower());
    policy.put("parts_done", progress.partitionsDone());
    policy.put("total_parts", progress.partitionsTotal());
    policy.put("start_time", seconds(progress.started().get()));
    policy.put("timestamp", seconds(clock.instant()));
    if (progress.result().isPresent()) {
      policy.put("total_time", progress.elapsed().toMillis() / 1e3);
    }
    policy.set("stats", stats(progress));
    object(device, "policies").set(Integer.toString(request.policy().index()), policy);
    addTotals(device);
  }

  private static ObjectNode stats(DeviceProgress progress) {
    Counters counters = progress.counters();
    ObjectNode stats = NODES.objectNode();
    stats.put("hash_dirs", counters.hashDirs());
    stats.put("files", counters.files());
    stats.put("linked", counters.linked());
    stats.put("removed", counters.removed());
    stats.put("errors", counters.errors());
    progress
        .result()
        .ifPresent(
            result -> {
              if (result instanceof DeviceResult.Unmounted) {
                stats.put("unmounted", 1);
              } else if (result instanceof DeviceResult.Unlistable) {
                stats.put("unlistable_partitions", 1);
              }
            });
    return stats;
  }

  /** Sums the device's policies up, as Swift does on the level of the device. */
  private static void addTotals(ObjectNode device) {
    long done = 0;
    long total = 0;
    double time = 0;
    double start = Double.MAX_VALUE;
    double timestamp = 0;
    ObjectNode sums = NODES.objectNode();
    for (JsonNode policy : device.path("policies")) {
      done += policy.path("parts_done").asLong();
      total += policy.path("total_parts").asLong();
      start = Math.min(start, policy.path("start_time").asDouble());
      timestamp = Math.max(timestamp, policy.path("timestamp").asDouble());
      time = Math.max(time, policy.path("total_time").asDouble());
      policy
          .path("stats")
          .properties()
          .forEach(
              stat ->
                  sums.put(
                      stat.getKey(), sums.path(stat.getKey()).asLong() + stat.getValue().asLong()));
    }
    device.put("parts_done", done);
    device.put("total_parts", total);
    device.put("total_time", time);
    device.put("start_time", start);
    device.put("timestamp", timestamp);
    device.set("stats", sums);
  }

  /** Changes the file. Returns what went wrong, or nothing. */
  private String write(Change change) {
    try (Tools tools = new Tools(source)) {
      Posix posix = tools.posix;
      String open = "open the recon cache directory " + directory;
      int fd =
          PosixException.check(
              open, posix.openDirectoryFollowing(Posix.AT_FDCWD, posix.name(directory.toString())));
      try {
        write(tools, fd, change);
      } finally {
        posix.close(fd);
      }
      return "";
    } catch (IOException e) {
      return "The recon file could not be written: " + e.getMessage() + ".";
    }
  }

  private void write(Tools tools, int fd, Change change) throws IOException {
    Posix posix = tools.posix;
    Governor governor = new Governor(new LiveSettings(), Guard.NONE, IoPressure.ofThisMachine());
    long name = posix.name(NAME);
    int lock = new FileLock(tools, governor).acquire(fd, name, LOCK_TIMEOUT);
    PosixException.check("lock " + NAME, lock);
    try {
      ObjectNode root = read(posix, fd, name);
      if (!change.in(root)) {
        return;
      }
      String line = JSON.writeValueAsString(root) + "\n";
      long temporary = posix.name("." + NAME + "." + worker);
      try {
        writeNew(posix, fd, temporary, line);
        PosixException.check("put " + NAME + " in place", posix.rename(fd, temporary, fd, name));
      } catch (PosixException e) {
        posix.unlink(fd, temporary);
        throw e;
      }
    } finally {
      posix.close(lock);
    }
  }

  private static void writeNew(Posix posix, int directory, long name, String line)
      throws PosixException {
    int flags = Posix.O_WRONLY | Posix.O_CREAT | Posix.O_TRUNC;
    int fd = PosixException.check("write " + NAME, posix.open(directory, name, flags, 0600));
    try {
      posix.write(fd, line.getBytes(StandardCharsets.UTF_8));
    } finally {
      posix.close(fd);
    }
  }

  private static ObjectNode read(Posix posix, int directory, long name) throws PosixException {
    int fd = PosixException.check("open " + NAME, posix.open(directory, name, Posix.O_RDONLY, 0));
    try {
      return JSON.readTree(posix.read(fd, LARGEST)) instanceof ObjectNode object
          ? object
          : NODES.objectNode();
    } catch (PosixException e) {
      throw e;
    } catch (IOException e) {
      // A broken file is made anew, as Swift does.
      return NODES.objectNode();
    } finally {
      posix.close(fd);
    }
  }

  private static double seconds(Instant instant) {
    return instant.getEpochSecond() + instant.getNano() / 1e9;
  }
}
