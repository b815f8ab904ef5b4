package dev.ringlift.relinker;

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
  @Override
  public String toString() {
    return errno.isEmpty() ? path + ": " + message : path + ": " + message + " (" + errno + ")";
  }
}
