package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.Device;
import dev.ringlift.relinker.Inventory;
import dev.ringlift.relinker.ObjectPolicy;
import dev.ringlift.relinker.Problem;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Listing;
import dev.ringlift.relinker.posix.Posix;
import dev.ringlift.relinker.posix.PosixException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The inventory of this machine's devices. They are looked at side by side, so that one that does
 * not answer keeps nobody from the others.
 */
public final class LocalInventory implements Inventory {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Pattern DATA_DIR = Pattern.compile("objects(?:-([1-9][0-9]{0,8}))?");

  private final Path devicesRoot;
  private final Supplier<Posix> source;
  private final SideBySide<Device> looks;

  public LocalInventory(Path devicesRoot, Supplier<Posix> source) {
    this(devicesRoot, source, PATIENCE);
  }

  LocalInventory(Path devicesRoot, Supplier<Posix> source, Duration patience) {
    this.devicesRoot = devicesRoot;
    this.source = source;
    this.looks = new SideBySide<>("look", patience);
  }

  @Override
  public List<Device> devices() {
    return looks.of(Devices.names(source, devicesRoot), this::look, this::silent);
  }

  private Device look(String name) {
    try (Tools tools = new Tools(source)) {
      return look(tools, name);
    }
  }

  private Device silent(String name) {
    return unknown(
        name,
        false,
        "The device does not answer: a look at it has not come back within %d seconds."
            .formatted(looks.patience().toSeconds()));
  }

  private static Device unknown(String name, boolean mounted, String problem) {
    return new Device(name, mounted, "", 0, 0, -1, -1, List.of(), problem);
  }

  @Override
  public StaleLook stale(String device, ObjectPolicy policy, int partPower, long limit) {
    try (Tools tools = new Tools(source)) {
      int fd = open(tools, device);
      if (fd < 0) {
        return unseen(device, fd);
      }
      try {
        int dataDir = tools.posix.openDirectory(fd, tools.posix.name(policy.dataDir()));
        if (dataDir == -Errno.ENOENT) {
          return new StaleLook(0, "", 0, true, Optional.empty());
        }
        String path = device + "/" + policy.dataDir();
        try {
          int answer = dataDir < 0 ? dataDir : tools.partitions.read(dataDir);
          return answer < 0 ? unseen(path, answer) : stale(tools, dataDir, path, partPower, limit);
        } finally {
          tools.close(dataDir);
        }
      } finally {
        tools.close(fd);
      }
    }
  }

  private static StaleLook stale(Tools tools, int dataDir, String path, int partPower, long limit) {
    StaleFinder finder =
        new StaleFinder(tools, dataDir, (number, hash) -> hash.partition(partPower) == number);
    finder.search(DeviceRunner.partitions(tools.partitions), limit);
    return new StaleLook(
        finder.found(),
        finder.example().isEmpty() ? "" : path + "/" + finder.example(),
        finder.looked(),
        finder.whole(),
        finder
            .problem()
            .map(each -> new Problem(path + "/" + each.path(), each.errno(), each.message())));
  }

  private static StaleLook unseen(String path, int answer) {
    return new StaleLook(
        0, "", 0, false, Optional.of(Problem.of(path, -answer, "It could not be looked at")));
  }

  private int open(Tools tools, String device) {
    int root =
        tools.posix.openDirectoryFollowing(
            Posix.AT_FDCWD, tools.posix.name(devicesRoot.toString()));
    if (root < 0) {
      return root;
    }
    try {
      return tools.posix.openDirectoryFollowing(root, tools.posix.name(device));
    } finally {
      tools.close(root);
    }
  }

  private Device look(Tools tools, String name) {
    Posix posix = tools.posix;
    boolean mounted = false;
    int root = posix.openDirectoryFollowing(Posix.AT_FDCWD, posix.name(devicesRoot.toString()));
    if (root >= 0) {
      mounted = Mounts.isMounted(posix, root, posix.name(name));
      posix.close(root);
    }
    int fd = open(tools, name);
    int answer = fd < 0 ? fd : posix.fileSystem(fd);
    if (answer == 0) {
      answer = posix.stat(fd);
    }
    try {
      if (answer < 0) {
        String problem =
            answer == -Errno.ENOENT && DeviceDirectory.isUnspeakable(name)
                ? "The name of the device is not UTF-8: no ring can have it."
                : "The device could not be looked at: " + Errno.meaning(-answer) + ".";
        return unknown(name, mounted, problem);
      }
      long inodes = posix.fileSystemInodes();
      long free = posix.fileSystemInodesFree();
      String fileSystem = FileSystems.name(posix);
      int uid = posix.statUid();
      int gid = posix.statGid();
      // A data dir that cannot be looked at must not pass for one that is not there.
      List<String> problems = new ArrayList<>();
      List<Device.DataDir> dataDirs = dataDirs(tools, fd, problems);
      return new Device(
          name,
          mounted,
          fileSystem,
          inodes == 0 ? 0 : inodes - free,
          FileSystems.inodesFree(posix),
          uid,
          gid,
          dataDirs,
          String.join(" ", problems));
    } finally {
      tools.close(fd);
    }
  }

  private static List<Device.DataDir> dataDirs(Tools tools, int device, List<String> problems) {
    List<Device.DataDir> dataDirs = new ArrayList<>();
    Listing listing = tools.hashes;
    int answer = listing.read(device);
    if (answer < 0) {
      problems.add("The device could not be listed: " + Errno.meaning(-answer) + ".");
    }
    for (int at = listing.first(); at >= 0; at = listing.next(at)) {
      String name = new String(listing.name(at), StandardCharsets.UTF_8);
      Matcher matcher = DATA_DIR.matcher(name);
      if (matcher.matches()) {
        int policy = matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1));
        try {
          dataDir(tools, device, name, policy).ifPresent(dataDirs::add);
        } catch (PosixException e) {
          problems.add(
              "Its " + name + " could not be looked at: " + Errno.meaning(e.errno()) + ".");
        }
      }
    }
    dataDirs.sort(Comparator.comparingInt(Device.DataDir::policyIndex));
    return dataDirs;
  }

  /** Empty for a file of that name. */
  private static Optional<Device.DataDir> dataDir(Tools tools, int device, String name, int policy)
      throws PosixException {
    Posix posix = tools.posix;
    int fd = posix.openDirectory(device, posix.name(name));
    if (fd == -Errno.ENOENT || fd == -Errno.ENOTDIR) {
      return Optional.empty();
    }
    PosixException.check("open the data dir", fd);
    try {
      PosixException.check("look at the data dir", posix.stat(fd));
      int uid = posix.statUid();
      int gid = posix.statGid();
      PosixException.check("list the data dir", tools.partitions.read(fd));
      long partitions = DeviceRunner.partitions(tools.partitions).length;
      return Optional.of(
          new Device.DataDir(name, policy, uid, gid, partitions, state(posix, device, name)));
    } finally {
      tools.close(fd);
    }
  }

  private static Optional<Device.StateFound> state(Posix posix, int device, String dataDir) {
    int fd = posix.open(device, posix.name(StateFile.name(dataDir)), Posix.O_RDONLY, 0);
    if (fd < 0) {
      return Optional.empty();
    }
    try {
      return StateFile.parse(posix, fd)
          .map(
              each ->
                  new Device.StateFound(each.partPower(), each.nextPartPower(), each.identity()));
    } catch (PosixException e) {
      return Optional.empty();
    } finally {
      posix.close(fd);
    }
  }
}
