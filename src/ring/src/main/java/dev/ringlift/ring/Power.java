package dev.ringlift.ring;

import org.jspecify.annotations.Nullable;

/**
 * The partition power of a ring and the one that it is on its way to: what decides which transition
 * may come next. The refusals are those of RingBuilder in swift.common.ring.builder (2.38.3), with
 * one added: Swift prepares even a ring of power 32, which nothing could use.
 */
record Power(int current, @Nullable Integer next) {
  static final int MAXIMUM = 32;

  /** A power of two partitions fits an array only up to here. */
  static final int MAXIMUM_HELD = 29;

  static Power of(long current, @Nullable Long next) throws RingFormatException {
    if (current < 0 || current > MAXIMUM) {
      throw new RingFormatException(
          "Its partition power is " + current + ", which is not between 0 and 32.");
    }
    if (current > MAXIMUM_HELD) {
      throw new RingFormatException(
          "Its partition power is "
              + current
              + "; rings above power "
              + MAXIMUM_HELD
              + " are more than Ringlift holds in memory.");
    }
    if (next != null && next != current && next != current + 1) {
      throw new RingFormatException(
          "Its next partition power is "
              + next
              + ", which fits no step of an increase from power "
              + current
              + ".");
    }
    return new Power((int) current, next == null ? null : next.intValue());
  }

  Power after(Transition transition) throws TransitionRefusedException {
    return switch (transition) {
      case PREPARE -> prepared();
      case INCREASE -> {
        refuseUnlessPrepared("increased");
        if (current + 1 > MAXIMUM_HELD) {
          throw new TransitionRefusedException(
              "A ring above power " + MAXIMUM_HELD + " is more than Ringlift holds in memory.");
        }
        yield new Power(current + 1, next);
      }
      case CANCEL -> {
        refuseUnlessPrepared("cancelled");
        yield new Power(current, current);
      }
      case FINISH -> finished();
    };
  }

  private Power prepared() throws TransitionRefusedException {
    if (isSet()) {
      throw new TransitionRefusedException(
          "The ring is already prepared: its partition power is "
              + current
              + " and its next partition power "
              + next
              + ".");
    }
    if (current >= MAXIMUM) {
      throw new TransitionRefusedException("The partition power is 32 already, the highest.");
    }
    return new Power(current, current + 1);
  }

  private Power finished() throws TransitionRefusedException {
    if (!isSet() || next == null || next != current) {
      throw new TransitionRefusedException(
          isSet()
              ? "The increase can't be finished: the ring has been prepared for power "
                  + next
                  + " but neither increased nor cancelled."
              : "The increase can't be finished: none is under way.");
    }
    return new Power(current, null);
  }

  private void refuseUnlessPrepared(String what) throws TransitionRefusedException {
    if (!isSet() || next == null || next != current + 1) {
      throw new TransitionRefusedException(
          isSet()
              ? "The ring can't be "
                  + what
                  + ": it has been increased or cancelled already, and waits to be finished."
              : "The ring can't be " + what + ": it has not been prepared.");
    }
  }

  /** Swift takes a next power of 0 for none. */
  private boolean isSet() {
    return next != null && next != 0;
  }
}
