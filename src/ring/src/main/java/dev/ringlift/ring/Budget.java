package dev.ringlift.ring;

/**
 * How much heap the values read from one file may still take. Every container, boxed number and
 * text is charged before it is made, so that no file, however it is built, can ask for more.
 */
final class Budget {
  private static final long BASE = 40L << 20;

  /**
   * What a table may take beyond the base, relative to the file: real tables compress to a third.
   */
  private static final int TABLE_FACTOR = 4;

  /** A description is text, and compresses well: a thousand devices to a few bytes each. */
  private static final int TEXT_FACTOR = 20;

  private final String what;
  private final long tableLimit;
  private final long textLimit;
  private long left;

  /**
   * @param what the file, as a message names it: "ring" or "builder"
   * @param fileLength its length in bytes
   */
  Budget(String what, long fileLength) {
    this.what = what;
    this.left = BASE + fileLength;
    this.textLimit = BASE + TEXT_FACTOR * fileLength;
    this.tableLimit = BASE + TABLE_FACTOR * fileLength;
  }

  void charge(long bytes) throws RingFormatException {
    left -= bytes;
    if (left < 0) {
      throw new RingFormatException(
          "It holds far more values than a " + what + " of its size can need.");
    }
  }

  /** Refuses a table of partitions that no file of this length can honestly hold. */
  void checkTable(long bytes) throws RingFormatException {
    if (bytes > tableLimit) {
      throw new RingFormatException(
          "Its table of partitions would take "
              + bytes
              + " bytes, far more than a "
              + what
              + " of its size can hold.");
    }
  }

  /** Refuses a description that no file of this length can honestly hold. */
  void checkText(long length) throws RingFormatException {
    if (length > textLimit) {
      throw new RingFormatException(
          "Its description would be %d bytes long, far more than a %s of its size can hold."
              .formatted(length, what));
    }
  }

  /** Refuses content that is longer than table and description together can honestly be. */
  void checkContent(long length) throws RingFormatException {
    if (length > tableLimit + textLimit) {
      throw new RingFormatException(
          "It inflates to far more than a %s of its size can hold.".formatted(what));
    }
  }
}
