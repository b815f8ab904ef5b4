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

  private final String what;
  private final long tableLimit;
  private long left;

  /**
   * @param what the file, as a message names it: "ring" or "builder"
   * @param fileLength its length in bytes
   */
  Budget(String what, long fileLength) {
    this.what = what;
    this.left = BASE + fileLength;
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
}
