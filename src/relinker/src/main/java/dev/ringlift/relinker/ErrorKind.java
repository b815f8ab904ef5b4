package dev.ringlift.relinker;

import dev.ringlift.relinker.posix.Errno;

/** What an error is about: few kinds, by what a person would do about them. */
public enum ErrorKind {
  /** The device, or what serves it, fails: read or write errors, a broken file system, gone. */
  IO,
  /** No space, no inode or no quota is left. */
  FULL,
  /** The file system is read-only: by a kernel that found it broken, often. */
  READ_ONLY,
  /** The agent may not do it: wrong owner, wrong uid, a security module. */
  PERMISSION,
  /** Another file has a file's name at the new place. */
  COLLISION,
  /** Left behind by an earlier increase; linking it could bring a deleted object back. */
  LEFTOVER,
  /** A verification finds a link missing, or one too many. */
  LINKS,
  /** Something that Swift does not make: a link, a file in place of a directory, a mount. */
  STRANGE,
  /** Whatever else: a machine short of memory or descriptors, an interrupted call, a bug. */
  OTHER;

  /**
   * That of a system error.
   *
   * @param errno its number; 0 for what was none
   */
  public static ErrorKind of(int errno) {
    return switch (errno) {
      case Errno.EIO, Errno.ENODEV, Errno.ENODATA, Errno.ENOTCONN, Errno.ESTALE, Errno.EUCLEAN ->
          IO;
      case Errno.ENOSPC, Errno.EDQUOT -> FULL;
      case Errno.EROFS -> READ_ONLY;
      case Errno.EPERM, Errno.EACCES -> PERMISSION;
      case Errno.ENOENT,
          Errno.ENXIO,
          Errno.EEXIST,
          Errno.EXDEV,
          Errno.ENOTDIR,
          Errno.EISDIR,
          Errno.EFBIG,
          Errno.EMLINK,
          Errno.ENAMETOOLONG,
          Errno.ENOTEMPTY,
          Errno.ELOOP,
          Errno.EOVERFLOW ->
          STRANGE;
      default -> OTHER;
    };
  }
}
