package dev.ringlift.relinker.engine;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of a device in this step, which of them are done, and who works on what. Handed
 * out highest number first, so that what is linked into 2X and 2X+1 is not walked again when
 * relinking comes to them; for several workers, a partition is held back while another is under way
 * that it shares a place with. Safe for use by several threads.
 */
final class PartitionTable {
  private final long[] numbers;
  private final BitSet done;
  private final BitSet todo = new BitSet();
  private final Set<Long> underWay = new HashSet<>();
  private int next;
  private volatile @Nullable Weights weights;

  /**
   * All partitions of the step, ascending, and which indices of them are done; only those chosen
   * are handed out.
   */
  PartitionTable(long[] ascending, BitSet done, LongPredicate chosen) {
    this.numbers = ascending;
    this.done = done;
    for (int i = 0; i < ascending.length; i++) {
      todo.set(i, !done.get(i) && chosen.test(ascending[i]));
    }
    next = ascending.length - 1;
  }

  /**
   * The next partition's index, or −1 when all have been handed out. Waits while it shares a place
   * with one under way.
   */
  synchronized int take() throws InterruptedException {
    int index = next < 0 ? -1 : todo.previousSetBit(next);
    next = Math.max(index, 0) - 1;
    while (index >= 0 && sharesPlace(numbers[index])) {
      wait();
    }
    if (index >= 0) {
      underWay.add(numbers[index]);
    }
    return index;
  }

  /** The worker is finished with it. */
  synchronized void release(int index, boolean isDone) {
    underWay.remove(numbers[index]);
    if (isDone) {
      done.set(index);
      todo.clear(index);
    }
    notifyAll();
  }

  /** From now on the partitions weigh so much; returns what those still to be tried do together. */
  synchronized double weigh(Weights known) {
    weights = known;
    return todo.stream().mapToDouble(known::of).sum();
  }

  /** What the partition weighs. */
  double weight(int index) {
    Weights known = weights;
    return known == null ? 1 : known.of(index);
  }

  long number(int index) {
    return numbers[index];
  }

  int size() {
    return numbers.length;
  }

  synchronized int toTry() {
    return todo.cardinality();
  }

  synchronized int doneCount() {
    return done.cardinality();
  }

  /** A copy of which are done, by index. */
  synchronized BitSet done() {
    return (BitSet) done.clone();
  }

  /** All partitions, ascending; not to be changed. */
  long[] numbers() {
    return numbers;
  }

  /** The places of X are X itself, 2X and 2X+1 (after an increase), and X/2 (after a cancel). */
  private boolean sharesPlace(long number) {
    return underWay.stream()
        .anyMatch(
            other -> other >> 1 == number || number >> 1 == other || other >> 1 == number >> 1);
  }
}
