package dev.ringlift.relinker.posix;

import java.io.IOException;

/** A system call that failed off the hot path: what was tried, and the error number. */
public final class PosixException extends IOException {
  private static final long serialVersionUID = 1;

  private final String what;
  private final int errno;

  public PosixException(String what, int errno) {
    super(what + ": " + Errno.meaning(errno) + " (" + Errno.name(errno) + ")");
    this.what = what;
    this.errno = errno;
  }

  /** What was tried. */
  public String what() {
    return what;
  }

  public int errno() {
    return errno;
  }

  /** The answer itself when it is no error, else throws. */
  public static int check(String what, int answer) throws PosixException {
    if (answer < 0) {
      throw new PosixException(what, -answer);
    }
    return answer;
  }
}
