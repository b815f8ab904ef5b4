package dev.ringlift.relinker;

import dev.ringlift.relinker.posix.Errno;

/**
 * One thing that went wrong on a device.
 *
 * @param path where, relative to the devices root; bytes that are not printable UTF-8 are written
 *     as {@code \xNN}
 * @param errno the name of the system error ({@code EIO}, {@code ENOSPC}, …), or empty when it was
 *     none
 * @param message a sentence for a person
 */
public record Problem(String path, String errno, String message) {
  /** With the name and the meaning of the error number, unless it is 0. */
  public static Problem of(String path, int errno, String message) {
    return errno == 0
        ? new Problem(path, "", message)
        : new Problem(path, Errno.name(errno), message + ": " + Errno.meaning(errno));
  }

  @Override
  public String toString() {
    return errno.isEmpty() ? path + ": " + message : path + ": " + message + " (" + errno + ")";
  }
}
