package dev.ringlift.operator;

import dev.ringlift.operator.page.StatusPage;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Serves the status page, where it is wanted. Whether this operator leads does not matter. */
@Singleton
final class PageStart {
  private static final Logger LOG = Logger.getLogger(PageStart.class);
  private static final Duration TICK = Duration.ofSeconds(1);

  private final OperatorConfig config;
  private final IncreaseReconciler reconciler;
  private final HomeNamespace home;
  private final Vertx vertx;
  private final Clock clock;
  private @Nullable StatusPage page;

  @Inject
  PageStart(
      OperatorConfig config,
      IncreaseReconciler reconciler,
      HomeNamespace home,
      Vertx vertx,
      Clock clock) {
    this.config = config;
    this.reconciler = reconciler;
    this.home = home;
    this.vertx = vertx;
    this.clock = clock;
  }

  void started(@Observes StartupEvent event) {
    OperatorConfig.StatusPage wanted = config.statusPage();
    if (!wanted.enabled()) {
      return;
    }
    StatusPage.Settings settings =
        new StatusPage.Settings(
            wanted.hosts(), wanted.port(), TICK, wanted.viewers(), config.leaseGrace());
    StatusPage made = new StatusPage(vertx, home.name(), reconciler::caches, settings, clock);
    page = made;
    made.start().forEach(url -> LOG.infof("The status page is at %s", url));
  }

  void stopping(@Observes ShutdownEvent event) {
    if (page != null) {
      page.close();
    }
  }
}
