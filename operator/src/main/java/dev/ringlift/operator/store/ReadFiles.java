package dev.ringlift.operator.store;

import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingFormatException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;

/**
 * Reads rings and builders, and remembers the last few: a store is read anew each time that its
 * increase is looked at, but what stands in it seldom changes, and to take apart the ring of
 * thousands of nodes takes longer than to fetch it. A file is known again by each of its bytes,
 * never by where it was found. What is no ring, or no builder, is not remembered.
 */
final class ReadFiles {
  private final Last<Ring> rings = new Last<>(Ring::read);
  private final Last<RingBuilder> builders = new Last<>(RingBuilder::read);

  /**
   * As {@link Ring#read}.
   *
   * @param file is not changed by anybody from now on
   */
  Ring ring(byte[] file) throws RingFormatException {
    return rings.read(file);
  }

  /**
   * As {@link RingBuilder#read}.
   *
   * @param file is not changed by anybody from now on
   */
  RingBuilder builder(byte[] file) throws RingFormatException {
    return builders.read(file);
  }

  private interface Format<T> {
    T read(byte[] file) throws RingFormatException;
  }

  /** A ring of 36,000 devices takes some 20 MiB of the heap, and seldom do more increases run. */
  private static final class Last<T> {
    private static final int MANY = 2;

    private final Format<T> format;
    private final Deque<Known<T>> known = new ArrayDeque<>();

    Last(Format<T> format) {
      this.format = format;
    }

    T read(byte[] file) throws RingFormatException {
      Optional<T> before = find(file);
      if (before.isPresent()) {
        return before.get();
      }
      T content = format.read(file);
      add(new Known<>(file, content));
      return content;
    }

    private synchronized Optional<T> find(byte[] file) {
      for (Known<T> one : known) {
        if (Arrays.equals(one.file, file)) {
          known.remove(one);
          known.addFirst(one);
          return Optional.of(one.content);
        }
      }
      return Optional.empty();
    }

    private synchronized void add(Known<T> one) {
      known.addFirst(one);
      if (known.size() > MANY) {
        known.removeLast();
      }
    }
  }

  private static final class Known<T> {
    private final byte[] file;
    private final T content;

    Known(byte[] file, T content) {
      this.file = file;
      this.content = content;
    }
  }
}
