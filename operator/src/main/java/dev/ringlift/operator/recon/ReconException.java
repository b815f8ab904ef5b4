package dev.ringlift.operator.recon;

/** A process did not answer as recon does; the message is the rest of a sentence about it. */
final class ReconException extends Exception {
  private static final long serialVersionUID = 1L;

  ReconException(String what) {
    super(what);
  }

  String what() {
    return String.valueOf(getMessage());
  }
}
