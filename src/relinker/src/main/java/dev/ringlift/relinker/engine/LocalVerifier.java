package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.Guard;
import dev.ringlift.relinker.LiveSettings;
import dev.ringlift.relinker.RelinkRequest;
import dev.ringlift.relinker.RelinkRun;
import dev.ringlift.relinker.Verification;
import dev.ringlift.relinker.Verifier;
import dev.ringlift.relinker.posix.Posix;
import java.time.Clock;
import java.util.function.Supplier;

/** The verifier for the devices of this machine. */
public final class LocalVerifier implements Verifier {
  private final Supplier<Posix> source;
  private final Clock clock;

  /**
   * @param source gives each device's thread its own system calls
   * @param clock the time that reports are taken from
   */
  public LocalVerifier(Supplier<Posix> source, Clock clock) {
    this.source = source;
    this.clock = clock;
  }

  public LocalVerifier() {
    this(Posix::new, Clock.systemUTC());
  }

  @Override
  public RelinkRun start(
      RelinkRequest request, Verification verification, LiveSettings settings, Guard guard) {
    LocalRun run =
        new LocalRun(
            request,
            settings,
            guard,
            source,
            clock,
            (meter, governor) ->
                new DeviceVerifier(request, verification, meter, governor, source).run());
    run.start();
    return run;
  }
}
