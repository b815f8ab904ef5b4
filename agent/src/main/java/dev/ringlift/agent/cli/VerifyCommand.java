package dev.ringlift.agent.cli;

import dev.ringlift.agent.conf.UserError;
import dev.ringlift.relinker.Counters;
import dev.ringlift.relinker.DeviceProgress;
import dev.ringlift.relinker.DeviceResult;
import dev.ringlift.relinker.Guard;
import dev.ringlift.relinker.LiveSettings;
import dev.ringlift.relinker.RelinkRequest;
import dev.ringlift.relinker.RelinkRun;
import dev.ringlift.relinker.Step;
import dev.ringlift.relinker.Verification;
import dev.ringlift.relinker.Verifier;
import dev.ringlift.relinker.posix.Privileges;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/**
 * Looks, without a write, whether all files are where the ring wants them. What to look for follows
 * from the ring: before the increase, that every file has its link at the next power; from then on,
 * and when no increase is under way, that no file is at another power's place.
 */
final class VerifyCommand {
  private static final Duration LOOK = Duration.ofMillis(500);

  private final Options options;
  private final WalkSettings settings;
  private final Messages messages;
  private final CurrentRun current;

  /** The options that only verify has. */
  static final class Options extends WalkOptions {
    @Option(
        names = "--sample",
        paramLabel = "PERCENT",
        defaultValue = "100",
        description =
            "Look at this share of each device's partitions, others each time (default: 100, all).")
    double sample;
  }

  private VerifyCommand(
      Options options, WalkSettings settings, Messages messages, CurrentRun current) {
    this.options = options;
    this.settings = settings;
    this.messages = messages;
    this.current = current;
  }

  static ExitCode run(Options options) throws UserError, IOException {
    if (!(options.sample > 0 && options.sample <= 100)) {
      throw new UsageError("--sample is above 0 and at most 100, not " + options.sample + ".");
    }
    WalkSettings settings = WalkSettings.of(options, ConfValues.read(options.confFile));
    if (settings.user().isPresent()) {
      Privileges.drop(settings.user().get());
    }
    try (CurrentRun current = new CurrentRun();
        Messages messages = Messages.to(options)) {
      return new VerifyCommand(options, settings, messages, current).run();
    }
  }

  private ExitCode run() throws UserError {
    settings.listed();
    current.ifHanging(messages::hanging);
    boolean right = true;
    Counters sum = Counters.ZERO;
    for (PolicyRing each :
        PolicyRing.read(
            settings.swiftDir(), PolicyRing.choose(settings.swiftDir(), options.policies))) {
      RelinkRequest request = request(each);
      messages.info(
          "Policy %s: %s"
              .formatted(
                  each.policy().name(),
                  request.step() == Step.RELINK
                      ? "every file of power %d must have its link at power %d"
                          .formatted(request.partPower(), request.nextPartPower())
                      : "no file may be at another place than that of power "
                          + request.partPower()));
      Verification verification =
          new Verification(
              options.sample / 100, System.nanoTime(), finding -> messages.finding(finding));
      LiveSettings live =
          new LiveSettings()
              .filesPerSecond(settings.filesPerSecond())
              .ioPressureLimit(options.ioPressureLimit)
              .scheduling(settings.scheduling());
      try (RelinkRun run =
          current.start(() -> Verifier.create().start(request, verification, live, Guard.NONE))) {
        right &= follow(each.policy().name(), run);
        for (DeviceProgress progress : run.progress()) {
          sum = sum.plus(progress.counters());
        }
      }
    }
    messages.info(
        "%d hash dirs looked at (%d files, %d wrong)"
            .formatted(sum.hashDirs(), sum.files(), sum.errors()));
    return right ? ExitCode.DONE : ExitCode.ERRORS;
  }

  private RelinkRequest request(PolicyRing each) {
    int power = each.ring().partPower();
    Integer next = each.ring().nextPartPower();
    Step step = next != null && next > power ? Step.RELINK : Step.CLEANUP;
    return RelinkRequest.builder(
            settings.devices(),
            each.policy().policy(),
            step,
            power,
            step == Step.RELINK ? power + 1 : power)
        .devices(Set.copyOf(options.deviceNames))
        .partitions(Set.copyOf(options.partitions))
        .parallelDevices(settings.parallelDevices())
        .mountCheck(settings.mountCheck())
        .build();
  }

  /** Whether all devices were looked at, and nothing wrong was found. */
  private boolean follow(String policy, RelinkRun run) {
    try {
      Optional<Map<String, DeviceResult>> results = Optional.empty();
      while (results.isEmpty()) {
        results = run.await(LOOK);
        messages.progress(policy, run.progress(), results.isPresent());
      }
      List<DeviceProgress> devices = run.progress();
      messages.outcomes(devices);
      return devices.stream()
          .allMatch(device -> device.result().filter(DeviceResult::succeeded).isPresent());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
