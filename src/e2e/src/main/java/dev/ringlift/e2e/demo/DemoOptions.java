package dev.ringlift.e2e.demo;

import java.util.Iterator;
import java.util.List;

/**
 * What {@code bin/demo} was asked for.
 *
 * @param objects how many objects are written
 * @param nodes how many storage nodes there are
 * @param partPower the partition power at first
 * @param keep whether the files stay, and in a terminal the cluster, too, until Enter is pressed
 * @param plain whether to write lines only, even to a terminal
 */
record DemoOptions(int objects, int nodes, int partPower, boolean keep, boolean plain) {
  static final String USAGE =
      """
      usage: bin/demo [--objects N] [--nodes N] [--part-power P] [--keep] [--plain]

      Shows Ringlift at work: starts a Kubernetes API server, makes storage nodes with four devices
      each and a ring with three replicas, writes objects in Swift's layout, starts the operator and an
      agent for each node, applies a PartitionPowerIncrease, shows its progress until it is Complete,
      and then checks every object.

        --objects N     objects to write (20000)
        --nodes N       storage nodes (3)
        --part-power P  partition power to begin with; it ends one higher (10)
        --keep          leave the files behind, and in a terminal the cluster running until Enter
        --plain         plain lines instead of a live table

      Exit code: 0 all held, 1 something did not, 2 unknown option, 130 stopped by Ctrl-C.
      """;

  /** The options can't be understood, for this reason. */
  static final class Misused extends Exception {
    private static final long serialVersionUID = 1;

    Misused(String sentence) {
      super(sentence);
    }
  }

  static DemoOptions parse(List<String> arguments) throws Misused {
    int objects = 20_000;
    int nodes = 3;
    int partPower = 10;
    boolean keep = false;
    boolean plain = false;
    Iterator<String> words = arguments.iterator();
    while (words.hasNext()) {
      String word = words.next();
      int equals = word.indexOf('=');
      String option = equals < 0 ? word : word.substring(0, equals);
      switch (option) {
        case "--objects" -> objects = number(option, word, equals, words, 1, 5_000_000);
        case "--nodes" -> nodes = number(option, word, equals, words, 1, 20);
        case "--part-power" -> partPower = number(option, word, equals, words, 1, 18);
        case "--keep" -> keep = true;
        case "--plain" -> plain = true;
        default -> throw new Misused("unknown option " + word);
      }
    }
    return new DemoOptions(objects, nodes, partPower, keep, plain);
  }

  private static int number(
      String option, String word, int equals, Iterator<String> words, int least, int most)
      throws Misused {
    String value =
        equals >= 0 ? word.substring(equals + 1) : words.hasNext() ? words.next() : "nothing";
    try {
      int number = Integer.parseInt(value.replace("_", "").replace(",", ""));
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // the sentence below says it
    }
    throw new Misused(
        "%s wants a number from %d to %d, not %s".formatted(option, least, most, value));
  }
}
