package dev.ringlift.bench.ring;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What processes took.
 *
 * @param wall seconds
 * @param processor seconds on all processors, kernel included
 * @param peakMebibytes resident at most
 */
record Measured(double wall, double processor, double peakMebibytes) {

  /** One process after another. */
  Measured then(Measured next) {
    return new Measured(
        wall + next.wall, processor + next.processor, Math.max(peakMebibytes, next.peakMebibytes));
  }

  static Measured median(List<Measured> runs) {
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

  String text() {
    return String.format(
        Locale.ROOT, "%7.2f s wall %7.2f s cpu %6.0f MiB", wall, processor, peakMebibytes);
  }
}
