package dev.ringlift.agent.task;

import dev.ringlift.relinker.Counters;
import dev.ringlift.relinker.DeviceProgress;
import dev.ringlift.relinker.DeviceResult;
import dev.ringlift.relinker.ErrorKind;
import dev.ringlift.relinker.Guard;
import dev.ringlift.relinker.LiveSettings;
import dev.ringlift.relinker.Problem;
import dev.ringlift.relinker.RelinkRequest;
import dev.ringlift.relinker.RelinkRun;
import dev.ringlift.relinker.Relinker;
import dev.ringlift.relinker.Verification;
import dev.ringlift.relinker.Verifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A relinker, and verifier, that does what it is told, when it is told. */
final class FakeRelinker implements Relinker, Verifier {
  final List<Run> runs = new ArrayList<>();
  final List<Verification> verifications = new ArrayList<>();
  boolean broken;

  Run last() {
    return runs.getLast();
  }

  @Override
  public RelinkRun start(RelinkRequest request, LiveSettings settings, Guard guard) {
    if (broken) {
      throw new IllegalStateException("no run can be begun");
    }
    Run run = new Run(request, settings, guard);
    runs.add(run);
    return run;
  }

  @Override
  public RelinkRun start(
      RelinkRequest request, Verification verification, LiveSettings settings, Guard guard) {
    verifications.add(verification);
    return start(request, settings, guard);
  }

  /** One run; each of its devices is at some counts, or has ended. */
  static final class Run implements RelinkRun {
    final RelinkRequest request;
    final LiveSettings settings;
    final Guard guard;
    String stopReason = "";
    private final Map<String, Counters> counters = new TreeMap<>();
    private final Map<String, DeviceResult> results = new TreeMap<>();

    Run(RelinkRequest request, LiveSettings settings, Guard guard) {
      this.request = request;
      this.settings = settings;
      this.guard = guard;
      request.devices().forEach(device -> counters.put(device, Counters.ZERO));
    }

    void count(String device, Counters counted) {
      counters.put(device, counted);
    }

    void end(String device, DeviceResult result) {
      results.put(device, result);
    }

    void succeed() {
      request.devices().forEach(device -> end(device, new DeviceResult.Succeeded(false)));
    }

    @Override
    public List<DeviceProgress> progress() {
      return counters.entrySet().stream().map(e -> progress(e.getKey(), e.getValue())).toList();
    }

    private DeviceProgress progress(String device, Counters counted) {
      Optional<DeviceResult> result = Optional.ofNullable(results.get(device));
      return new DeviceProgress(
          device,
          result.isPresent() ? DeviceProgress.State.ENDED : DeviceProgress.State.RUNNING,
          result.isPresent() ? 200 : 150,
          200,
          counted,
          counted.errors() == 0 ? Map.of() : Map.of(ErrorKind.IO, counted.errors()),
          counted.errors() == 0
              ? List.of()
              : List.of(new Problem(device + "/objects/7/abc", "EIO", "Input/output error")),
          result.isPresent() ? 0 : 50.4,
          Optional.empty(),
          Duration.ZERO,
          Duration.ofMillis(90_500),
          Optional.empty(),
          Optional.empty(),
          result);
    }

    @Override
    public void stop(String reason) {
      if (stopReason.isEmpty()) {
        stopReason = reason;
      }
      for (String device : request.devices()) {
        results.putIfAbsent(device, new DeviceResult.Stopped(reason));
      }
    }

    @Override
    public Map<String, DeviceResult> await() {
      return results;
    }

    @Override
    public Optional<Map<String, DeviceResult>> await(Duration timeout) {
      return results.keySet().containsAll(request.devices())
          ? Optional.of(results)
          : Optional.empty();
    }

    @Override
    public void close() {
      stop("closed");
    }
  }
}
