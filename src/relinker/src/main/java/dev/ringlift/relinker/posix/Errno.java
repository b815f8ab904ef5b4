package dev.ringlift.relinker.posix;

import java.util.Map;

/**
 * Error numbers of Linux (the same on x86-64 and AArch64), their names, and what they mean in a
 * sentence.
 */
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int EINTR = 4;
  public static final int EIO = 5;
  public static final int ENXIO = 6;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EBUSY = 16;
  public static final int EEXIST = 17;
  public static final int EXDEV = 18;
  public static final int ENODEV = 19;
  public static final int ENOTDIR = 20;
  public static final int EISDIR = 21;
  public static final int EINVAL = 22;
  public static final int ENFILE = 23;
  public static final int EMFILE = 24;
  public static final int EFBIG = 27;
  public static final int ENOSPC = 28;
  public static final int EROFS = 30;
  public static final int EMLINK = 31;
  public static final int ENAMETOOLONG = 36;
  public static final int ENOSYS = 38;
  public static final int ENOTEMPTY = 39;
  public static final int ELOOP = 40;
  public static final int ENODATA = 61;
  public static final int EOVERFLOW = 75;
  public static final int EOPNOTSUPP = 95;
  public static final int ENOTCONN = 107;
  public static final int ESTALE = 116;
  public static final int EUCLEAN = 117;
  public static final int EDQUOT = 122;

  private static final Map<Integer, String[]> KNOWN =
      Map.ofEntries(
          entry(EPERM, "EPERM", "the operation is not permitted"),
          entry(ENOENT, "ENOENT", "there is no such file or directory"),
          entry(EINTR, "EINTR", "the call was interrupted"),
          entry(EIO, "EIO", "the device reports an input/output error"),
          entry(ENXIO, "ENXIO", "a pipe, a socket or a device is where a file should be"),
          entry(EAGAIN, "EAGAIN", "the resource is not available now"),
          entry(ENOMEM, "ENOMEM", "the kernel is out of memory"),
          entry(EACCES, "EACCES", "permission is denied"),
          entry(EBUSY, "EBUSY", "the file or device is in use"),
          entry(EEXIST, "EEXIST", "a file of that name exists already"),
          entry(EXDEV, "EXDEV", "the path leads to another file system"),
          entry(ENODEV, "ENODEV", "the device is gone"),
          entry(ENOTDIR, "ENOTDIR", "a directory was expected"),
          entry(EISDIR, "EISDIR", "a directory is where a file was expected"),
          entry(EINVAL, "EINVAL", "the kernel refused the arguments"),
          entry(ENFILE, "ENFILE", "the machine has too many open files"),
          entry(EMFILE, "EMFILE", "the process has too many open files"),
          entry(EFBIG, "EFBIG", "the file is too large"),
          entry(ENOSPC, "ENOSPC", "no space or no inode is left on the device"),
          entry(EROFS, "EROFS", "the file system is read-only"),
          entry(EMLINK, "EMLINK", "the file has too many links"),
          entry(ENAMETOOLONG, "ENAMETOOLONG", "the name is too long"),
          entry(ENOSYS, "ENOSYS", "the kernel does not know the call"),
          entry(ENOTEMPTY, "ENOTEMPTY", "the directory is not empty"),
          entry(ELOOP, "ELOOP", "a symbolic link is where none may be"),
          entry(ENODATA, "ENODATA", "the device has no data there (a bad sector, often)"),
          entry(EOVERFLOW, "EOVERFLOW", "a value is too large"),
          entry(EOPNOTSUPP, "EOPNOTSUPP", "the file system does not support the operation"),
          entry(ENOTCONN, "ENOTCONN", "the file system's server is gone"),
          entry(ESTALE, "ESTALE", "the file handle is stale"),
          entry(EUCLEAN, "EUCLEAN", "the file system's structure needs repair"),
          entry(EDQUOT, "EDQUOT", "the disk quota is used up"));

  private Errno() {}

  /**
   * The symbolic name, for example {@code EIO}, or {@code errno 200} for one that has no business
   * here.
   */
  public static String name(int errno) {
    String[] known = KNOWN.get(errno);
    return known == null ? "errno " + errno : known[0];
  }

  /** What the error means, to stand in a sentence. */
  public static String meaning(int errno) {
    String[] known = KNOWN.get(errno);
    return known == null ? "the kernel reported error " + errno : known[1];
  }

  private static Map.Entry<Integer, String[]> entry(int errno, String name, String meaning) {
    return Map.entry(errno, new String[] {name, meaning});
  }
}
