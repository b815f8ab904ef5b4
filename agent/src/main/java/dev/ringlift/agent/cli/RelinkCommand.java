package dev.ringlift.agent.cli;

import dev.ringlift.agent.conf.SwiftPolicies;
import dev.ringlift.agent.conf.UserError;
import dev.ringlift.relinker.Counters;
import dev.ringlift.relinker.DeviceProgress;
import dev.ringlift.relinker.DeviceResult;
import dev.ringlift.relinker.Guard;
import dev.ringlift.relinker.LiveSettings;
import dev.ringlift.relinker.ReconFile;
import dev.ringlift.relinker.RelinkRequest;
import dev.ringlift.relinker.RelinkRun;
import dev.ringlift.relinker.Relinker;
import dev.ringlift.relinker.Step;
import dev.ringlift.relinker.posix.Privileges;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One step by hand, for every policy whose ring's powers fit it, one policy after the other. Ends
 * as swift-object-relinker does: {@link ExitCode}.
 */
final class RelinkCommand {
  private static final Duration LOOK = Duration.ofMillis(500);

  private final Step step;
  private final RelinkOptions options;
  private final RelinkSettings settings;
  private final Messages messages;
  private final ReconFile recon;
  private final CurrentRun current;

  /** A policy whose ring fits the step. */
  private record Work(SwiftPolicies.Named policy, RelinkRequest request) {}

  private RelinkCommand(
      Step step,
      RelinkOptions options,
      RelinkSettings settings,
      Messages messages,
      CurrentRun current) {
    this.step = step;
    this.options = options;
    this.settings = settings;
    this.messages = messages;
    this.current = current;
    this.recon = ReconFile.in(settings.reconCachePath());
  }

  static ExitCode run(Step step, RelinkOptions options) throws UserError, IOException {
    RelinkSettings settings = RelinkSettings.of(options);
    if (settings.walk().user().isPresent()) {
      Privileges.drop(settings.walk().user().get());
    }
    try (CurrentRun current = new CurrentRun();
        Messages messages = Messages.to(options)) {
      return new RelinkCommand(step, options, settings, messages, current).run();
    }
  }

  /** Recon is told how it ends, however it ends. */
  private ExitCode run() throws UserError {
    List<SwiftPolicies.Named> policies =
        PolicyRing.choose(settings.walk().swiftDir(), options.policies);
    if (options.dryRun) {
      settings.walk().listed();
      return work(policies);
    }
    messages.problem(recon.reset());
    Set<String> devices =
        options.deviceNames.isEmpty()
            ? settings.walk().listed()
            : new TreeSet<>(options.deviceNames);
    ExitCode end = ExitCode.ERRORS;
    current.ifHanging(
        hanging -> {
          messages.hanging(hanging);
          messages.problem(recon.end(devices, ExitCode.ERRORS.number()));
        });
    try {
      end = work(policies);
      return end;
    } finally {
      messages.problem(recon.end(devices, end.number()));
    }
  }

  private ExitCode work(List<SwiftPolicies.Named> policies) throws UserError {
    List<Work> all = fitting(policies);
    if (all.isEmpty()) {
      messages.warn(
          "No policy's ring has powers that fit " + step.swiftName() + ": there is nothing to do.");
      return ExitCode.NOTHING_TO_DO;
    }
    boolean done = true;
    Counters sum = Counters.ZERO;
    for (Work each : all) {
      messages.info(
          "Policy %s: %s of the objects under %s, power %d, next power %d"
              .formatted(
                  each.policy().name(),
                  step.swiftName(),
                  settings.walk().devices(),
                  each.request().partPower(),
                  each.request().nextPartPower()));
      try (RelinkRun run = start(each.request())) {
        done &= follow(each, run);
        for (DeviceProgress progress : run.progress()) {
          sum = sum.plus(progress.counters());
        }
      }
    }
    messages.info(
        "%s%d hash dirs processed (%d files, %d linked, %d removed, %d errors)"
            .formatted(
                options.dryRun ? "Dry run: " : "",
                sum.hashDirs(),
                sum.files(),
                sum.linked(),
                sum.removed(),
                sum.errors()));
    return done ? ExitCode.DONE : ExitCode.ERRORS;
  }

  private RelinkRun start(RelinkRequest request) {
    LiveSettings live =
        new LiveSettings()
            .filesPerSecond(settings.walk().filesPerSecond())
            .workersPerDevice(options.workersPerDevice)
            .ioPressureLimit(options.ioPressureLimit)
            .scheduling(settings.walk().scheduling());
    return current.start(() -> Relinker.create().start(request, live, Guard.NONE));
  }

  /** Whether every device succeeded. */
  private boolean follow(Work work, RelinkRun run) {
    long interval = Math.max(1, (long) (settings.statsInterval() * 1e9));
    long told = System.nanoTime() - interval;
    try {
      Optional<Map<String, DeviceResult>> results = Optional.empty();
      while (results.isEmpty()) {
        if (!options.dryRun && System.nanoTime() - told >= interval) {
          messages.problem(recon.update(work.request(), run));
          told = System.nanoTime();
        }
        results = run.await(LOOK);
        messages.progress(work.policy().name(), run.progress(), results.isPresent());
      }
      boolean done = results.get().values().stream().allMatch(DeviceResult::succeeded);
      messages.results(run.progress());
      if (!options.dryRun) {
        messages.problem(recon.update(work.request(), run));
      }
      return done;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private List<Work> fitting(List<SwiftPolicies.Named> policies) throws UserError {
    List<Work> work = new ArrayList<>();
    for (PolicyRing each : PolicyRing.read(settings.walk().swiftDir(), policies)) {
      Integer next = each.ring().nextPartPower();
      if (next != null && next == each.ring().partPower() + (step == Step.RELINK ? 1 : 0)) {
        work.add(new Work(each.policy(), request(each, next)));
      }
    }
    return work;
  }

  private RelinkRequest request(PolicyRing each, int next) {
    RelinkRequest.Builder request =
        RelinkRequest.builder(
                settings.walk().devices(),
                each.policy().policy(),
                step,
                each.ring().partPower(),
                next)
            .ringModified(each.modified())
            .devices(Set.copyOf(options.deviceNames))
            .partitions(Set.copyOf(options.partitions))
            .parallelDevices(settings.walk().parallelDevices())
            .mountCheck(settings.walk().mountCheck())
            .clobberHardlinkCollisions(settings.clobber())
            .replicationSlots(settings.replicationSlots())
            .refuseStale(!options.allowStale)
            .dryRun(options.dryRun);
    Long version = each.ring().version();
    if (version != null) {
      request.ringVersion(version);
    }
    settings.reclaim().ifPresent(request::reclaim);
    return request.build();
  }
}
