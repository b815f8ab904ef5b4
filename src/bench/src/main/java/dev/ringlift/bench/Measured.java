package dev.ringlift.bench;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What processes took, their children included.
 *
 * @param wall seconds
 * @param processor seconds on all processors, kernel included
 * @param peakMebibytes resident at most
 */
public record Measured(double wall, double processor, double peakMebibytes) {

  /** One process after another. */
  public Measured then(Measured next) {
    return new Measured(
        wall + next.wall, processor + next.processor, Math.max(peakMebibytes, next.peakMebibytes));
  }

  /** The median of each figure by itself. */
  public static Measured median(List<Measured> runs) {
    return new Measured(
        median(runs, Measured::wall),
        median(runs, Measured::processor),
        median(runs, Measured::peakMebibytes));
  }

  private static double median(List<Measured> runs, ToDoubleFunction<Measured> value) {
    return runs.stream()
        .sorted(Comparator.comparingDouble(value))
        .mapToDouble(value)
        .skip(runs.size() / 2)
        .findFirst()
        .orElseThrow();
  }

  /** For a line of a table. */
  public String text() {
    return String.format(
        Locale.ROOT, "%7.2f s wall %7.2f s cpu %6.0f MiB", wall, processor, peakMebibytes);
  }
}
