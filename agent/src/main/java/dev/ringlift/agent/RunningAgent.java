package dev.ringlift.agent;

import dev.ringlift.relinker.DeviceProgress;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.jspecify.annotations.Nullable;

/** The agent of this process, once it runs, as health checks and metrics see it. */
@Singleton
class RunningAgent {
  private volatile @Nullable Agent agent;

  @Inject
  RunningAgent(MeterRegistry metrics) {
    gauge(
        metrics,
        "ringlift.agent.api.contact.age",
        "Seconds since the Lease was last renewed.",
        agent -> agent.lastContact().toMillis() / 1000.0);
    gauge(metrics, "ringlift.agent.devices", "Devices found.", Agent::devices);
    gauge(metrics, "ringlift.agent.runs", "Relink and cleanup runs.", agent -> agent.runs().size());
    gauge(
        metrics,
        "ringlift.agent.hash.dirs.rate",
        "Hash dirs processed per second, over all runs.",
        agent -> sum(agent, DeviceProgress::hashDirsPerSecond));
    gauge(
        metrics,
        "ringlift.agent.errors",
        "Errors of the runs under way.",
        agent -> sum(agent, device -> device.counters().errors()));
  }

  void set(Agent started) {
    agent = started;
  }

  /**
   * Stops the agent while everything that it needs is still there: on SIGTERM Quarkus takes the
   * application down at once, and does not wait for the main thread.
   */
  void stop(@Observes ShutdownEvent event) {
    Agent now = agent;
    if (now != null) {
      now.close();
    }
  }

  private void gauge(
      MeterRegistry metrics, String name, String description, ToDoubleFunction<Agent> value) {
    Gauge.builder(
            name, () -> Optional.ofNullable(agent).map(value::applyAsDouble).orElse(Double.NaN))
        .description(description)
        .strongReference(true)
        .register(metrics);
  }

  private static double sum(Agent agent, ToDoubleFunction<DeviceProgress> figure) {
    return agent.runs().stream().flatMap(run -> run.progress().stream()).mapToDouble(figure).sum();
  }

  /** Down when a thread of the agent hangs: a restart would mend that. */
  @Produces
  @Singleton
  @Liveness
  HealthCheck liveness() {
    return () -> {
      Agent now = agent;
      String hanging = now == null ? "" : String.join(", ", now.hanging());
      return HealthCheckResponse.named("threads")
          .status(hanging.isEmpty())
          .withData("hanging", hanging)
          .build();
    };
  }

  /** Up while the API server is in reach. */
  @Produces
  @Singleton
  @Readiness
  HealthCheck readiness() {
    return () -> {
      Agent now = agent;
      return HealthCheckResponse.named("api-server").status(now != null && now.inReach()).build();
    };
  }
}
