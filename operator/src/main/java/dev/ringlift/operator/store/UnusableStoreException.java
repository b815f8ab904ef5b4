package dev.ringlift.operator.store;

import dev.ringlift.operator.plan.Check;
import dev.ringlift.operator.plan.StoredRing;

/** What a user has put into a store, or has not, so that nothing can be done with it. */
final class UnusableStoreException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Check check;
  private final String sentence;

  /**
   * @param check that fails
   * @param sentence what is wrong and what to do
   */
  UnusableStoreException(Check check, String sentence) {
    super(sentence);
    this.check = check;
    this.sentence = sentence;
  }

  StoredRing.Unusable result() {
    return new StoredRing.Unusable(check, sentence);
  }
}
