package dev.ringlift.operator;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.operator.act.AnnotationWriter;
import dev.ringlift.operator.act.ConsumerWriter;
import dev.ringlift.operator.act.Deletions;
import dev.ringlift.operator.act.EventWriter;
import dev.ringlift.operator.act.NodeWriter;
import dev.ringlift.operator.act.Publisher;
import dev.ringlift.operator.act.Remover;
import dev.ringlift.operator.act.StatusWriter;
import dev.ringlift.operator.act.TaskWriter;
import dev.ringlift.operator.observe.ClusterReader;
import dev.ringlift.operator.observe.LiveLooks;
import dev.ringlift.operator.observe.LiveReader;
import dev.ringlift.operator.observe.Observer;
import dev.ringlift.operator.plan.Afterlife;
import dev.ringlift.operator.plan.Announcements;
import dev.ringlift.operator.plan.Decision.Adopt;
import dev.ringlift.operator.plan.Decision.Approve;
import dev.ringlift.operator.plan.Decision.Cancelled;
import dev.ringlift.operator.plan.Decision.ChangeTasks;
import dev.ringlift.operator.plan.Decision.Complete;
import dev.ringlift.operator.plan.Decision.Fail;
import dev.ringlift.operator.plan.Decision.Halt;
import dev.ringlift.operator.plan.Decision.Publish;
import dev.ringlift.operator.plan.Decision.Stall;
import dev.ringlift.operator.plan.Decision.TaskChange;
import dev.ringlift.operator.plan.Decision.Wait;
import dev.ringlift.operator.plan.Errands;
import dev.ringlift.operator.plan.LiveReads;
import dev.ringlift.operator.plan.Observation;
import dev.ringlift.operator.plan.Plan;
import dev.ringlift.operator.plan.Planner;
import dev.ringlift.operator.plan.RefusedRing;
import dev.ringlift.operator.plan.Settings;
import dev.ringlift.operator.plan.SpentAnnotation;
import dev.ringlift.operator.plan.StatusAggregator;
import dev.ringlift.operator.plan.StoredRing;
import dev.ringlift.operator.recon.ReconPoller;
import dev.ringlift.operator.store.RingStore;
import dev.ringlift.operator.store.RingStores;
import dev.ringlift.operator.store.StoreChangedException;
import dev.ringlift.ring.RingFileName;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.rate.RateLimited;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Looks at an increase, decides, acts, and says so; never waits. Each run goes one step and asks to
 * be called again; whatever it dies in, the next run finds its way from what is there.
 *
 * <p>The increase and its ring store are always read from the API server. All else comes from
 * caches, but for what {@link LiveReads} names, such as the decisions to publish a ring and to
 * begin work, which are made again on live reads; and but for {@link LiveLooks}, because a cache
 * may hear nothing any more.
 */
@ControllerConfiguration(
    name = IncreaseReconciler.NAME,
    finalizerName = Deletions.FINALIZER,
    generationAwareEventProcessing = false,
    informer = @Informer(onUpdateFilter = IncreaseReconciler.UserChanges.class))
@GradualRetry(maxAttempts = -1, initialInterval = 1000, maxInterval = 60_000)
@RateLimited(maxReconciliations = 2, within = 1, unit = TimeUnit.SECONDS)
public class IncreaseReconciler
    implements Reconciler<PartitionPowerIncrease>, Cleaner<PartitionPowerIncrease> {
  static final String NAME = "partitionpowerincrease";
  private static final Logger LOG = Logger.getLogger(IncreaseReconciler.class);
  private static final Duration NEVER = Duration.ofMillis(-1);
  private static final Duration SOON = Duration.ofMillis(100);
  private static final Duration AFTER_ERROR = Duration.ofSeconds(5);

  /** What a user did wakes an increase; what was said of it in its status does not. */
  public static final class UserChanges implements OnUpdateFilter<PartitionPowerIncrease> {
    @Override
    public boolean accept(PartitionPowerIncrease now, PartitionPowerIncrease before) {
      return now.isMarkedForDeletion()
          || (now.hasFinalizer(Deletions.FINALIZER) && !before.hasFinalizer(Deletions.FINALIZER))
          || !Objects.equals(
              now.getMetadata().getGeneration(), before.getMetadata().getGeneration())
          || !Observer.wishes(now).equals(Observer.wishes(before));
    }
  }

  private final KubernetesClient client;
  private final RingStores stores;
  private final Settings settings;
  private final Planner planner;
  private final Clock clock;
  private final IncreaseMetrics metrics;
  private final StatusWriter statusWriter;
  private final TaskWriter taskWriter;
  private final EventWriter eventWriter;
  private final AnnotationWriter annotationWriter;
  private final Publisher publisher;
  private final Deletions deletions;
  private final ReconPoller recon;
  private final ConsumerWriter consumerWriter;
  private final NodeWriter nodeWriter;
  private final Remover remover;
  private final LiveLooks liveLooks = new LiveLooks();
  private volatile @Nullable EventSources eventSources;

  public IncreaseReconciler(
      KubernetesClient client,
      RingStores stores,
      Settings settings,
      Clock clock,
      IncreaseMetrics metrics,
      ReconPoller recon,
      ConsumerWriter consumerWriter) {
    this.client = client;
    this.recon = recon;
    this.consumerWriter = consumerWriter;
    this.stores = stores;
    this.settings = settings;
    this.planner = new Planner(settings);
    this.clock = clock;
    this.metrics = metrics;
    this.statusWriter = new StatusWriter(client);
    this.taskWriter = new TaskWriter(client);
    this.eventWriter = new EventWriter(client);
    this.annotationWriter = new AnnotationWriter(client);
    this.nodeWriter = new NodeWriter(client);
    this.remover = new Remover(client);
    this.publisher = new Publisher(statusWriter, eventWriter);
    this.deletions = new Deletions(client, eventWriter);
  }

  @Override
  public List<EventSource<?, PartitionPowerIncrease>> prepareEventSources(
      EventSourceContext<PartitionPowerIncrease> context) {
    EventSources sources = new EventSources(context);
    eventSources = sources;
    recon.onNews(sources::wakeByRecon);
    return sources.all();
  }

  /** What is known of the cluster without asking it; empty before the caches are made. */
  public Optional<ClusterReader> caches() {
    return Optional.ofNullable(eventSources);
  }

  @Override
  public UpdateControl<PartitionPowerIncrease> reconcile(
      PartitionPowerIncrease cached, Context<PartitionPowerIncrease> context) {
    UpdateControl<PartitionPowerIncrease> control = UpdateControl.noUpdate();
    Duration again = look(cached);
    return again.isNegative() ? control : control.rescheduleAfter(again);
  }

  /** It goes on while it may not go. */
  @Override
  public DeleteControl cleanup(
      PartitionPowerIncrease cached, Context<PartitionPowerIncrease> context) {
    try {
      PartitionPowerIncrease increase = client.resource(cached).get();
      if (increase == null || deletions.allows(increase, clock.instant())) {
        forget(cached);
        return DeleteControl.defaultDelete();
      }
    } catch (KubernetesClientException e) {
      return DeleteControl.noFinalizerRemoval().rescheduleAfter(afterFailure(cached, e));
    }
    Duration again = look(cached);
    return DeleteControl.noFinalizerRemoval().rescheduleAfter(again.isNegative() ? SOON : again);
  }

  /** Returns when to look again; negative: only if something happens. */
  private Duration look(PartitionPowerIncrease cached) {
    try {
      PartitionPowerIncrease increase = client.resource(cached).get();
      if (increase == null) {
        forget(cached);
        return NEVER;
      }
      if (hasEnded(increase)) {
        metrics.end(increase, increase.getStatus());
        liveLooks.forget(increase.getMetadata().getUid());
        return endOfLife(increase);
      }
      return step(increase);
    } catch (StoreChangedException e) {
      LOG.infof("%s: %s Looking again.", cached.getMetadata().getName(), e.getMessage());
      return SOON;
    } catch (KubernetesClientException e) {
      return afterFailure(cached, e);
    }
  }

  /** Nobody holds it any more; and it goes by itself when its time has come. */
  private Duration endOfLife(PartitionPowerIncrease increase) {
    Optional<Duration> left =
        Afterlife.left(increase.getSpec(), increase.getStatus(), clock.instant());
    if (left.filter(Duration::isZero).isPresent()) {
      remover.remove(increase);
      return NEVER;
    }
    deletions.letGo(increase);
    return left.orElse(NEVER);
  }

  private void forget(PartitionPowerIncrease gone) {
    metrics.forget(gone);
    liveLooks.forget(gone.getMetadata().getUid());
  }

  private static boolean hasEnded(PartitionPowerIncrease increase) {
    PartitionPowerIncreaseStatus status = increase.getStatus();
    return status != null && status.phase() != null && status.phase().terminal();
  }

  private static Duration afterFailure(PartitionPowerIncrease cached, KubernetesClientException e) {
    if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
      return SOON; // somebody was faster; what they wrote is seen next time
    }
    LOG.warnf("%s: the API server: %s", cached.getMetadata().getName(), e.getMessage());
    return AFTER_ERROR;
  }

  /** Returns when to look again; negative: only if something happens. */
  private Duration step(PartitionPowerIncrease increase) throws StoreChangedException {
    Instant now = clock.instant();
    String uid = increase.getMetadata().getUid();
    LiveLooks.Means means = liveLooks.means(uid, now);
    if (means == LiveLooks.Means.NONE) {
      return LiveLooks.GRACE;
    }
    RingStore store = stores.of(increase);
    ClusterReader caches = Objects.requireNonNull(eventSources, "sources are prepared first");
    if (means == LiveLooks.Means.CACHES) {
      Observation seen = Observer.observe(increase, store.read(), caches, recon, store::backup);
      Plan plan = planner.plan(seen, now);
      if (!LiveReads.areNeeded(seen, plan)) {
        return act(increase, store, seen, plan, now);
      }
    }
    LiveReader live = new LiveReader(client, caches, increase.getMetadata().getNamespace(), uid);
    Observation seen = Observer.observe(increase, store.read(), live, recon, store::backup);
    // Reading may have taken long: a Lease or a proof that has run out meanwhile counts no more.
    now = clock.instant();
    Plan plan = planner.plan(seen, now);
    liveLooks.done(uid, now, live.unheard());
    return liveLooks.atMost(uid, act(increase, store, seen, plan, now));
  }

  private Duration act(
      PartitionPowerIncrease increase, RingStore store, Observation seen, Plan plan, Instant now)
      throws StoreChangedException {
    PartitionPowerIncreaseStatus old = increase.getStatus();
    TaskWriter.Written tasks =
        switch (plan.decision()) {
          case ChangeTasks change -> taskWriter.write(increase, change.changes());
          case Halt halt -> taskWriter.write(increase, halt.pauses());
          default -> TaskWriter.Written.NOTHING;
        };
    Plan carriedOut = plan.rejected(tasks.refused());
    PartitionPowerIncreaseStatus next =
        StatusAggregator.aggregate(seen.increase(), carriedOut, now);
    if (seen.store() instanceof StoredRing.Pair pair && isFirstSeen(pair.ringMd5(), old, next)) {
      // Before the status says that it was there: whoever replaces it can then be told what it was.
      Optional<String> refusal = publisher.backUp(store, pair.revision());
      if (refusal.isPresent()) {
        Plan stalled = RefusedRing.ofBackup(seen, refusal.get(), settings.recheck(), now);
        return tell(increase, seen, stalled, status(increase, stalled, now), tasks, now);
      }
    }
    if (plan.decision() instanceof Publish publish) {
      metrics.record(increase, next);
      Publisher.Outcome outcome =
          publisher.publish(
              increase, next, store, publish, Announcements.of(old, next, plan, now), now);
      if (outcome.refusal() == null) {
        return SOON;
      }
      PartitionPowerIncrease present = outcome.increase();
      Plan stalled =
          RefusedRing.of(
              plan, publish, Observer.increase(present), outcome.refusal(), settings.recheck());
      return tell(present, seen, stalled, status(present, stalled, now), tasks, now);
    }
    return tell(increase, seen, carriedOut, next, tasks, now);
  }

  private static PartitionPowerIncreaseStatus status(
      PartitionPowerIncrease increase, Plan plan, Instant now) {
    return StatusAggregator.aggregate(Observer.increase(increase), plan, now);
  }

  /** All that is said and done beside a decision; returns when to look again. */
  private Duration tell(
      PartitionPowerIncrease increase,
      Observation seen,
      Plan plan,
      PartitionPowerIncreaseStatus next,
      TaskWriter.Written tasks,
      Instant now) {
    PartitionPowerIncreaseStatus old = increase.getStatus();
    PartitionPowerIncrease written = statusWriter.write(increase, next);
    say(written, old, next, plan, now);
    Errands errands = Errands.of(seen, plan);
    eventWriter.write(
        written,
        consumerWriter.run(
            increase.getMetadata().getNamespace(),
            RingFileName.ring(increase.getSpec().policyIndex()),
            errands),
        now);
    nodeWriter.write(increase.getMetadata().getNamespace(), errands.remembrances());
    for (SpentAnnotation spent : SpentAnnotation.of(seen, plan, next, tasks.undone())) {
      remove(written, spent, now);
    }
    return switch (plan.decision()) {
      case Wait wait -> wait.after();
      case Stall stall -> stall.after();
      case ChangeTasks change -> goingOn(change.changes(), change.after());
      case Halt halt -> goingOn(halt.pauses(), halt.after());
      case Publish publish -> SOON;
      case Adopt adopt -> SOON;
      case Approve approve -> SOON;
      case Complete complete -> SOON;
      case Cancelled cancelled -> SOON;
      case Fail fail -> SOON;
    };
  }

  private static Duration goingOn(List<TaskChange> changes, Duration after) {
    return changes.size() > TaskWriter.AT_ONCE ? SOON : after;
  }

  private static boolean isFirstSeen(
      String md5, @Nullable PartitionPowerIncreaseStatus old, PartitionPowerIncreaseStatus next) {
    return next.publication() != null
        && next.ring() != null
        && md5.equals(next.publication().md5())
        && md5.equals(next.ring().md5())
        && (old == null || old.ring() == null || !md5.equals(old.ring().md5()));
  }

  /** Last of all: should it stay because of a crash, it asks for what it has had already. */
  private void remove(PartitionPowerIncrease increase, SpentAnnotation spent, Instant now) {
    if (annotationWriter.remove(increase, spent.key(), spent.value()) && spent.refusal() != null) {
      eventWriter.write(increase, List.of(spent.refusal()), now);
    }
  }

  private void say(
      PartitionPowerIncrease increase,
      @Nullable PartitionPowerIncreaseStatus old,
      PartitionPowerIncreaseStatus next,
      Plan plan,
      Instant now) {
    metrics.record(increase, next);
    if (!next.equals(old)) {
      eventWriter.write(increase, Announcements.of(old, next, plan, now), now);
    }
  }
}
