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
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingFileName;
import dev.ringlift.ring.RingFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
  private volatile RelinkRun current;
  private volatile boolean stopping;

  /** A policy whose ring fits the step. */
  private record Work(SwiftPolicies.Named policy, RelinkRequest request) {}

  private RelinkCommand(
      Step step, RelinkOptions options, RelinkSettings settings, Messages messages) {
    this.step = step;
    this.options = options;
    this.settings = settings;
    this.messages = messages;
    this.recon = ReconFile.in(settings.reconCachePath());
    this.current = new NoRun();
  }

  static ExitCode run(Step step, RelinkOptions options) {
    try {
      RelinkSettings settings = RelinkSettings.of(options);
      if (settings.user().isPresent()) {
        Privileges.drop(settings.user().get());
      }
      try (Messages messages = Messages.to(options)) {
        return new RelinkCommand(step, options, settings, messages).run();
      }
    } catch (UserError e) {
      System.err.println("ringlift: " + e.getMessage());
      return ExitCode.ERRORS;
    } catch (IOException e) {
      System.err.println("ringlift: " + e.getMessage() + ".");
      return ExitCode.ERRORS;
    }
  }

  private ExitCode run() throws UserError {
    List<Work> all = work();
    if (!options.dryRun) {
      messages.problem(recon.reset());
    }
    if (all.isEmpty()) {
      messages.warn(
          "No policy's ring has powers that fit " + step.swiftName() + ": there is nothing to do.");
      return ExitCode.NOTHING_TO_DO;
    }
    Thread hook = new Thread(this::stopAndWait, "ringlift-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    boolean done = true;
    Counters sum = Counters.ZERO;
    for (Work each : all) {
      messages.info(
          "Policy %s: %s of the objects under %s, power %d, next power %d"
              .formatted(
                  each.policy().name(),
                  step.swiftName(),
                  settings.devices(),
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

  private synchronized RelinkRun start(RelinkRequest request) {
    LiveSettings live =
        new LiveSettings()
            .filesPerSecond(settings.filesPerSecond())
            .workersPerDevice(options.workersPerDevice)
            .ioPressureLimit(options.ioPressureLimit);
    current = Relinker.create().start(request, live, Guard.NONE);
    if (stopping) {
      current.stop("The process was asked to end.");
    }
    return current;
  }

  /** SIGTERM or Ctrl-C: an orderly end, with the state of every device saved. */
  private void stopAndWait() {
    stopping = true;
    current.stop("The process was asked to end.");
    current.close();
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
        messages.progress(run.progress(), results.isPresent());
      }
      boolean done = results.get().values().stream().allMatch(DeviceResult::succeeded);
      messages.results(run.progress());
      if (!options.dryRun) {
        messages.problem(
            recon.finish(work.request(), run, (done ? ExitCode.DONE : ExitCode.ERRORS).number()));
      }
      return done;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private List<Work> work() throws UserError {
    SwiftPolicies policies = SwiftPolicies.read(settings.swiftDir());
    List<SwiftPolicies.Named> chosen = new ArrayList<>();
    for (String each : options.policies) {
      chosen.add(policies.find(each));
    }
    List<Work> work = new ArrayList<>();
    for (SwiftPolicies.Named policy :
        chosen.isEmpty() ? policies.all() : chosen.stream().distinct().toList()) {
      Path file = settings.swiftDir().resolve(RingFileName.ring(policy.policy().index()));
      try {
        Ring ring = Ring.read(Files.readAllBytes(file));
        Integer next = ring.nextPartPower();
        if (next != null && next == ring.partPower() + (step == Step.RELINK ? 1 : 0)) {
          work.add(new Work(policy, request(policy, ring, next, file)));
        }
      } catch (RingFormatException e) {
        throw new UserError("The ring " + file + " cannot be used. " + e.getMessage());
      } catch (NoSuchFileException e) {
        throw new UserError(
            "The ring of policy " + policy.name() + " is missing: there is no " + file + ".");
      } catch (IOException e) {
        throw new UserError(
            "The ring of policy "
                + policy.name()
                + ", "
                + file
                + ", cannot be read: "
                + e.getMessage()
                + ".");
      }
    }
    return work;
  }

  private RelinkRequest request(SwiftPolicies.Named policy, Ring ring, int next, Path file)
      throws IOException {
    RelinkRequest.Builder request =
        RelinkRequest.builder(settings.devices(), policy.policy(), step, ring.partPower(), next)
            .ringModified(Files.getLastModifiedTime(file).toInstant())
            .devices(Set.copyOf(options.deviceNames))
            .partitions(Set.copyOf(options.partitions))
            .parallelDevices(settings.parallelDevices())
            .mountCheck(settings.mountCheck())
            .clobberHardlinkCollisions(settings.clobber())
            .replicationSlots(settings.replicationSlots())
            .refuseStale(!options.allowStale)
            .dryRun(options.dryRun);
    Long version = ring.version();
    if (version != null) {
      request.ringVersion(version);
    }
    settings.reclaim().ifPresent(request::reclaim);
    return request.build();
  }

  /** Before the first run there is none to stop. */
  private static final class NoRun implements RelinkRun {
    @Override
    public List<DeviceProgress> progress() {
      return List.of();
    }

    @Override
    public void stop(String reason) {}

    @Override
    public Map<String, DeviceResult> await() {
      return Map.of();
    }

    @Override
    public Optional<Map<String, DeviceResult>> await(Duration timeout) {
      return Optional.of(Map.of());
    }

    @Override
    public void close() {}
  }
}
