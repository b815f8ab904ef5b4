package dev.ringlift.testkit.tree;

import java.util.ArrayList;
import java.util.List;

/**
 * What a check of a synthetic tree found.
 *
 * @param objects how many objects were looked for
 * @param files how many files were found below the data directories' hash dirs
 * @param faults how many things are not as they must be
 * @param firstFaults the first of them, in words
 */
public record TreeCheck(int objects, long files, long faults, List<String> firstFaults) {

  /** True when every file is at its place, the same file as at first, and nothing is elsewhere. */
  public boolean ok() {
    return faults == 0;
  }

  /** Collects faults; from several threads. */
  static final class Faults {
    private static final int SHOWN = 20;

    private final List<String> first = new ArrayList<>();
    private long count;

    synchronized void add(String fault) {
      count++;
      if (first.size() < SHOWN) {
        first.add(fault);
      }
    }

    synchronized TreeCheck toCheck(int objects, long files) {
      return new TreeCheck(objects, files, count, List.copyOf(first));
    }
  }
}
