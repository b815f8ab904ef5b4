package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.posix.Posix;
import java.util.function.LongUnaryOperator;

/**
 * What the partitions of a device weigh, in hash dirs, before any has been walked. Where a
 * directory's link count tells how many subdirectories it has ({@link FileSystems#isTraditional}),
 * a partition's tells its suffix dirs, and these its hash dirs: n of them fall into about 4096 × (1
 * − e^(−n/4096)) of the 4096 suffixes. Elsewhere all weigh the same.
 *
 * <p>One system call for each of at most {@value #MOST} partitions, evenly spread; each stands for
 * its neighbours.
 */
final class Weights {
  private static final int MOST = 1024;
  private static final double SUFFIXES = 4096;

  /** What a partition costs beside its hash dirs: opening, locking, its suffix hashes. */
  private static final double PARTITION = 2;

  private final double[] samples;
  private final int partitions;

  private Weights(double[] samples, int partitions) {
    this.samples = samples;
    this.partitions = partitions;
  }

  /**
   * Weighs these partitions; {@code dataDir} is the descriptor of the directory they are in. What a
   * run that has been stopped has not looked at counts as empty.
   */
  static Weights of(
      Tools tools, Governor governor, int dataDir, boolean traditional, long[] numbers) {
    Posix posix = tools.posix;
    return of(
        traditional,
        numbers,
        number ->
            !governor.stopped() && posix.stat(dataDir, tools.path.set(number).address()) == 0
                ? posix.statLinks() - 2
                : 0);
  }

  /** The same with suffix dirs counted in this way. */
  static Weights of(boolean counted, long[] numbers, LongUnaryOperator suffixDirs) {
    double[] samples = new double[counted ? Math.min(MOST, numbers.length) : 0];
    for (int i = 0; i < samples.length; i++) {
      long middle = (2L * i + 1) * numbers.length / (2L * samples.length);
      samples[i] = ofSuffixes(suffixDirs.applyAsLong(numbers[(int) middle]));
    }
    return new Weights(samples, numbers.length);
  }

  /** A partition with so many suffix dirs. */
  static double ofSuffixes(long suffixes) {
    double share = Math.clamp((double) suffixes, 0, SUFFIXES - 0.5) / SUFFIXES;
    return PARTITION - SUFFIXES * Math.log1p(-share);
  }

  /** The weight of the partition at this index. */
  double of(int index) {
    return samples.length == 0 ? 1 : samples[(int) ((long) index * samples.length / partitions)];
  }
}
