package dev.ringlift.ring;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * One walk over everything that a pickle holds. It refuses what no builder holds and what could not
 * be walked again (loops, nesting), and marks the containers that are referred to more than once:
 * only those have to be memoized when they are written, and written once they stay as small as they
 * came, however often they are referred to.
 */
final class Graph {
  private static final int MAXIMUM_HEIGHT = 32;
  private static final int IN_PROGRESS = -1;

  /** A tier is named by region, zone, address and id. */
  private static final int MAXIMUM_KEY_ITEMS = 16;

  private Graph() {}

  static void check(@Nullable Object root) throws RingFormatException {
    height(root, 0);
  }

  private static int height(@Nullable Object value, int depth) throws RingFormatException {
    return switch (value) {
      case null -> 0;
      case String text -> 0;
      case Long number -> 0;
      case Double number -> 0;
      case Boolean flag -> 0;
      case BigInteger number -> 0;
      case IntArray array -> 0;
      case ItemList list -> {
        list.shared |= list.height != 0;
        if (list.height == 0) {
          list.height = IN_PROGRESS;
          int below = 0;
          for (int i = 0; !list.isCompact() && i < list.size(); i++) {
            below = Math.max(below, height(list.get(i), deeper(depth)));
          }
          list.height = below + 1;
        }
        yield known(list.height, depth);
      }
      case Tuple tuple -> {
        tuple.shared |= tuple.height != 0;
        if (tuple.height == 0) {
          tuple.height = IN_PROGRESS;
          int below = 0;
          for (int i = 0; i < tuple.size(); i++) {
            below = Math.max(below, height(tuple.get(i), deeper(depth)));
          }
          tuple.height = below + 1;
        }
        yield known(tuple.height, depth);
      }
      case Dict dict -> {
        dict.shared |= dict.height != 0;
        if (dict.height == 0) {
          dict.height = IN_PROGRESS;
          int below = 0;
          for (int i = 0; i < dict.size(); i++) {
            checkKey(dict.keyAt(i));
            below = Math.max(below, height(dict.keyAt(i), deeper(depth)));
            below = Math.max(below, height(dict.valueAt(i), deeper(depth)));
          }
          dict.height = below + 1;
        }
        yield known(dict.height, depth);
      }
      case PickleReader.Bytes bytes ->
          throw new RingFormatException("It holds raw bytes, which no builder does.");
      default -> throw new RingFormatException("It is not a whole pickle.");
    };
  }

  private static int deeper(int depth) throws RingFormatException {
    if (depth >= MAXIMUM_HEIGHT) {
      throw new RingFormatException("It nests its values deeper than a builder does.");
    }
    return depth + 1;
  }

  private static int known(int height, int depth) throws RingFormatException {
    if (height == IN_PROGRESS) {
      throw new RingFormatException("It holds a value that contains itself.");
    }
    if (depth + height > MAXIMUM_HEIGHT + 1) {
      throw new RingFormatException("It nests its values deeper than a builder does.");
    }
    return height;
  }

  /** Python can look up nothing but these; the height of a tuple is checked by the walk itself. */
  private static void checkKey(@Nullable Object key) throws RingFormatException {
    boolean fits =
        switch (key) {
          case Tuple tuple -> {
            boolean plain = tuple.size() <= MAXIMUM_KEY_ITEMS;
            for (int i = 0; plain && i < tuple.size(); i++) {
              plain = isPlain(tuple.get(i));
            }
            yield plain;
          }
          case null, default -> isPlain(key);
        };
    if (!fits) {
      throw new RingFormatException("It holds a dict with a key that can't be one.");
    }
  }

  private static boolean isPlain(@Nullable Object value) {
    return switch (value) {
      case ItemList list -> false;
      case Dict dict -> false;
      case IntArray array -> false;
      case Tuple tuple -> false;
      case null, default -> true;
    };
  }
}
