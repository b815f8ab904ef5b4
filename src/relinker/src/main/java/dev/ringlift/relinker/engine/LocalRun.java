package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.DeviceProgress;
import dev.ringlift.relinker.DeviceResult;
import dev.ringlift.relinker.ErrorKind;
import dev.ringlift.relinker.Guard;
import dev.ringlift.relinker.LiveSettings;
import dev.ringlift.relinker.RelinkRequest;
import dev.ringlift.relinker.RelinkRun;
import dev.ringlift.relinker.posix.Posix;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A run: one thread for each device (and more where a device has more workers), which nothing on
 * another device can end.
 */
final class LocalRun implements RelinkRun {
  private final DeviceWork work;
  private final LiveSettings settings;
  private final Governor governor;
  private final SortedMap<String, Meter> meters = new TreeMap<>();
  private final Semaphore turns;
  private final CountDownLatch running;

  LocalRun(
      RelinkRequest request,
      LiveSettings settings,
      Guard guard,
      Supplier<Posix> source,
      Clock clock,
      DeviceWork work) {
    this.work = work;
    this.settings = settings;
    this.governor = new Governor(settings, guard, IoPressure.ofThisMachine());
    for (String device :
        request.devices().isEmpty()
            ? Devices.names(source, request.devicesRoot())
            : request.devices()) {
      meters.put(device, new Meter(device, clock));
    }
    turns =
        new Semaphore(
            request.parallelDevices() == 0 ? Integer.MAX_VALUE : request.parallelDevices());
    running = new CountDownLatch(meters.size());
  }

  void start() {
    for (Meter meter : meters.values()) {
      try {
        Thread.ofPlatform().name("relink-" + meter.device()).daemon().start(() -> run(meter));
      } catch (OutOfMemoryError e) {
        // So the JVM says that the system, or a limit of the container, allows no more threads.
        meter.end(new DeviceResult.Failed("No thread could be started for it: " + e.getMessage()));
        running.countDown();
      }
    }
  }

  private void run(Meter meter) {
    DeviceResult result = new DeviceResult.Stopped("The run was interrupted.");
    try {
      turns.acquire();
      try {
        result = governor.stopped() ? new DeviceResult.Stopped(governor.stopReason()) : work(meter);
      } finally {
        turns.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      meter.end(result);
      running.countDown();
    }
  }

  /**
   * A bug on one device must end as that device's failure, with its sentence, and not as a thread
   * that is missed.
   */
  private DeviceResult work(Meter meter) {
    try {
      return work.on(meter, governor);
    } catch (RuntimeException | Error e) {
      System.getLogger(LocalRun.class.getName())
          .log(System.Logger.Level.ERROR, "Bug while working on " + meter.device(), e);
      meter.error("", ErrorKind.OTHER, "The relinker has a bug: " + e);
      return new DeviceResult.Failed("The relinker has a bug: " + e);
    }
  }

  @Override
  public List<DeviceProgress> progress() {
    Pace pace = Pace.of(settings);
    List<DeviceProgress> all = new ArrayList<>(meters.size());
    meters.values().forEach(meter -> all.add(meter.snapshot(pace)));
    return all;
  }

  @Override
  public void stop(String reason) {
    governor.stop(reason);
  }

  @Override
  public Map<String, DeviceResult> await() throws InterruptedException {
    running.await();
    return results();
  }

  @Override
  public Optional<Map<String, DeviceResult>> await(Duration timeout) throws InterruptedException {
    return running.await(timeout.toNanos(), TimeUnit.NANOSECONDS)
        ? Optional.of(results())
        : Optional.empty();
  }

  @Override
  public void close() {
    stop("The run was closed.");
    boolean interrupted = false;
    while (true) {
      try {
        running.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Map<String, DeviceResult> results() {
    Map<String, DeviceResult> results = new TreeMap<>();
    for (DeviceProgress each : progress()) {
      results.put(each.device(), each.result().orElseThrow());
    }
    return results;
  }
}
