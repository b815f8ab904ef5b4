package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.Guard;
import dev.ringlift.relinker.Leftovers;
import dev.ringlift.relinker.LiveSettings;
import dev.ringlift.relinker.ObjectPolicy;
import dev.ringlift.relinker.Problem;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Posix;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Removes what runs leave on this machine's devices. The lock file goes last, while its lock is
 * held.
 */
public final class LocalLeftovers implements Leftovers {
  private final Path devicesRoot;
  private final Supplier<Posix> source;

  public LocalLeftovers(Path devicesRoot, Supplier<Posix> source) {
    this.devicesRoot = devicesRoot;
    this.source = source;
  }

  @Override
  public List<Problem> remove(String device, ObjectPolicy policy) {
    try (Tools tools = new Tools(source)) {
      Posix posix = tools.posix;
      int fd =
          posix.openDirectoryFollowing(
              Posix.AT_FDCWD, posix.name(devicesRoot.resolve(device).toString()));
      if (fd == -Errno.ENOENT) {
        return List.of();
      }
      if (fd < 0) {
        return List.of(problem(device, -fd, "The device could not be opened"));
      }
      try {
        return remove(tools, fd, device, policy);
      } finally {
        posix.close(fd);
      }
    }
  }

  private static List<Problem> remove(Tools tools, int fd, String device, ObjectPolicy policy) {
    Posix posix = tools.posix;
    String dataDir = policy.dataDir();
    List<String> present = new ArrayList<>();
    for (String name :
        List.of(
            StateFile.temporaryName(dataDir),
            StateFile.name(dataDir),
            StateFile.lockName(dataDir))) {
      if (posix.stat(fd, posix.name(name)) == 0) {
        present.add(name);
      }
    }
    if (present.isEmpty()) {
      return List.of();
    }
    Governor governor = new Governor(new LiveSettings(), Guard.NONE, IoPressure.ofThisMachine());
    int lock = new FileLock(tools, governor).attempt(fd, posix.name(StateFile.lockName(dataDir)));
    if (lock < 0) {
      String path = device + "/" + StateFile.lockName(dataDir);
      return List.of(
          problem(path, -lock, "The device's lock could not be taken, so its state file was left"));
    }
    List<Problem> problems = new ArrayList<>();
    try {
      for (String name :
          List.of(
              StateFile.temporaryName(dataDir),
              StateFile.name(dataDir),
              StateFile.lockName(dataDir))) {
        int answer = posix.unlink(fd, posix.name(name));
        if (answer < 0 && answer != -Errno.ENOENT) {
          problems.add(problem(device + "/" + name, -answer, "The file could not be removed"));
        }
      }
    } finally {
      posix.close(lock);
    }
    return problems;
  }

  private static Problem problem(String path, int errno, String message) {
    return Problem.of(path, errno, message);
  }
}
