package dev.ringlift.operator.page;

import com.fasterxml.jackson.annotation.JsonFormat;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Progress;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.plan.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What became of increases since this operator looks: their rates, and when each phase began. Of
 * bounded size: when an increase has as many points as there may be, two become one each, and
 * points are from then on twice as far apart, so that they always span the whole time. For one
 * thread.
 */
final class History {
  /** Most points of an increase. */
  static final int POINTS = 180;

  /** Most beginnings of phases of an increase that are known. */
  static final int PHASES = 128;

  /** Most increases. */
  static final int INCREASES = 64;

  private static final Duration FIRST_DISTANCE = Duration.ofSeconds(2);

  private final Map<String, Track> tracks = new HashMap<>();

  /**
   * How an increase stood for a while; in JSON an array.
   *
   * @param time of its beginning, in seconds of the epoch
   * @param percent of the step, at its end
   * @param filesPerSecond on average
   * @param remaining seconds until the step is estimated to end, at its end; -1 if not known
   */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  record Point(long time, int percent, long filesPerSecond, long remaining) {}

  /** That an increase was first seen in a phase of a cycle. */
  record Seen(Phase phase, int cycle, Instant since) {}

  private static final class Track {
    private final List<Point> points = new ArrayList<>();
    private final List<Seen> phases = new ArrayList<>();
    private Duration distance = FIRST_DISTANCE;
    private int samples;
  }

  /** Takes all increases as they are now; those that are not among them are forgotten. */
  void observe(Collection<PartitionPowerIncrease> increases, Instant now) {
    Set<String> there =
        increases.stream()
            .map(increase -> increase.getMetadata().getUid())
            .collect(Collectors.toSet());
    tracks.keySet().retainAll(there);
    for (PartitionPowerIncrease increase : increases) {
      PartitionPowerIncreaseStatus status = increase.getStatus();
      String uid = increase.getMetadata().getUid();
      if (status != null
          && status.phase() != null
          && (tracks.containsKey(uid) || tracks.size() < INCREASES)) {
        Track track = tracks.computeIfAbsent(uid, unused -> new Track());
        phase(track, status.phase(), status, now);
        if (!status.phase().terminal()) {
          sample(track, status.progress(), now);
        }
      }
    }
  }

  /** Oldest first. */
  List<Point> points(String uid) {
    Track track = tracks.get(uid);
    return track == null ? List.of() : List.copyOf(track.points);
  }

  /** Oldest first. */
  List<Seen> phases(String uid) {
    Track track = tracks.get(uid);
    return track == null ? List.of() : List.copyOf(track.phases);
  }

  private static void phase(
      Track track, Phase phase, PartitionPowerIncreaseStatus status, Instant now) {
    int cycle = status.cycle() == null ? 0 : status.cycle().number();
    Seen last = track.phases.isEmpty() ? null : track.phases.getLast();
    if (last == null || last.phase() != phase || last.cycle() != cycle) {
      track.phases.add(new Seen(phase, cycle, now));
      if (track.phases.size() > PHASES) {
        track.phases.removeFirst();
      }
    }
  }

  private static void sample(Track track, @Nullable Progress progress, Instant now) {
    Point sample = point(progress, now);
    Point last = track.points.isEmpty() ? null : track.points.getLast();
    if (last != null && sample.time() - last.time() < track.distance.toSeconds()) {
      track.points.set(track.points.size() - 1, joined(last, track.samples, sample, 1));
      track.samples++;
      return;
    }
    if (track.points.size() == POINTS) {
      thin(track);
    }
    track.points.add(sample);
    track.samples = 1;
  }

  private static Point point(@Nullable Progress progress, Instant now) {
    if (progress == null) {
      return new Point(now.getEpochSecond(), 0, 0, -1);
    }
    Instant end = Times.parse(progress.estimatedCompletion(), Instant.MIN);
    long remaining =
        end.equals(Instant.MIN) ? -1 : Math.max(0, Duration.between(now, end).toSeconds());
    return new Point(
        now.getEpochSecond(), progress.percent(), progress.filesPerSecond(), remaining);
  }

  private static void thin(Track track) {
    List<Point> joined = new ArrayList<>();
    for (int i = 0; i + 1 < track.points.size(); i += 2) {
      joined.add(joined(track.points.get(i), 1, track.points.get(i + 1), 1));
    }
    track.points.clear();
    track.points.addAll(joined);
    track.distance = track.distance.multipliedBy(2);
  }

  /** The first one's beginning, the average rate, and what was true last. */
  private static Point joined(Point first, int samples, Point second, int more) {
    long rate =
        Math.round(
            ((double) first.filesPerSecond() * samples + (double) second.filesPerSecond() * more)
                / (samples + more));
    return new Point(first.time(), second.percent(), rate, second.remaining());
  }
}
