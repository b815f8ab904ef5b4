package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.Guard;
import dev.ringlift.relinker.LiveSettings;
import dev.ringlift.relinker.RelinkRequest;
import dev.ringlift.relinker.RelinkRun;
import dev.ringlift.relinker.Relinker;
import dev.ringlift.relinker.posix.Posix;
import java.time.Clock;
import java.util.function.Supplier;

/** The relinker for the devices of this machine. */
public final class LocalRelinker implements Relinker {
  private final Supplier<Posix> source;
  private final Clock clock;

  /**
   * @param source gives each worker thread its own system calls
   * @param clock the time that ages and reports are taken from
   */
  public LocalRelinker(Supplier<Posix> source, Clock clock) {
    this.source = source;
    this.clock = clock;
  }

  public LocalRelinker() {
    this(Posix::new, Clock.systemUTC());
  }

  @Override
  public RelinkRun start(RelinkRequest request, LiveSettings settings, Guard guard) {
    DeviceWork work =
        (meter, governor) ->
            new DeviceRunner(request, meter, governor, source, clock, () -> workers(settings))
                .run();
    LocalRun run = new LocalRun(request, settings, guard, source, clock, work);
    run.start();
    return run;
  }

  private static int workers(LiveSettings settings) {
    return settings.workersPerDevice() == LiveSettings.AUTO_WORKERS
        ? 1
        : settings.workersPerDevice();
  }
}
