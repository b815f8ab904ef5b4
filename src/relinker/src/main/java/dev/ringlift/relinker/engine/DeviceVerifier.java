package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.DeviceProgress.State;
import dev.ringlift.relinker.DeviceResult;
import dev.ringlift.relinker.ErrorKind;
import dev.ringlift.relinker.Problem;
import dev.ringlift.relinker.RelinkRequest;
import dev.ringlift.relinker.Step;
import dev.ringlift.relinker.Verification;
import dev.ringlift.relinker.layout.Name;
import dev.ringlift.relinker.layout.Places;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Listing;
import dev.ringlift.relinker.posix.Posix;
import dev.ringlift.relinker.posix.PosixException;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Verifies one step on one device, without a write and without a lock.
 *
 * <ol>
 *   <li>Choose partitions: after relink among those below 2^P, after cleanup among all.
 *   <li>Walk each; after relink hold every hash dir that has a new place against what is there
 *       ({@link TwinChecker}); after cleanup name each file in a hash dir that belongs elsewhere.
 *   <li>What looks wrong is looked at again after a moment: an object server may have been between
 *       its two links, or its link and its unlink.
 * </ol>
 *
 * <p>Invariant: the result is {@link DeviceResult.Succeeded} only when every chosen partition was
 * walked to its end, on the device that was at that place all the while, and nothing in it was
 * wrong.
 */
final class DeviceVerifier {
  /**
   * How often a device waits before it looks again; with more that is wrong, waiting is no help.
   */
  private static final int PATIENCE = 50;

  private static final long MOMENT = 200_000_000;

  private final RelinkRequest request;
  private final Verification verification;
  private final Meter meter;
  private final Governor governor;
  private final Supplier<Posix> source;
  private int patience = PATIENCE;

  DeviceVerifier(
      RelinkRequest request,
      Verification verification,
      Meter meter,
      Governor governor,
      Supplier<Posix> source) {
    this.request = request;
    this.verification = verification;
    this.meter = meter;
    this.governor = governor;
    this.source = source;
  }

  DeviceResult run() {
    meter.begin();
    try (Tools tools = new Tools(source)) {
      return DeviceDirectory.open(tools, request, meter.device(), device -> verify(tools, device));
    } catch (PosixException e) {
      meter.error("", e.errno(), "The device could not be verified");
      return new DeviceResult.Failed(e.getMessage() + ".");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new DeviceResult.Stopped("The run was interrupted.");
    }
  }

  private DeviceResult verify(Tools tools, int device) throws PosixException {
    meter.state(State.RUNNING);
    Posix posix = tools.posix;
    String name = request.policy().dataDir();
    int dataDir = posix.openDirectory(device, posix.name(name));
    if (dataDir == -Errno.ENOENT) {
      return new DeviceResult.Succeeded(true);
    }
    try {
      int answer = dataDir < 0 ? dataDir : tools.partitions.read(dataDir);
      if (answer < 0) {
        meter.note(name, -answer, "The data dir could not be listed");
        return new DeviceResult.Unlistable(
            "The data dir could not be listed: " + Errno.meaning(-answer) + ".");
      }
      DevicePresence presence =
          new DevicePresence(posix, request.devicesRoot(), meter.device(), device);
      return new Walk(tools, dataDir)
          .all(choose(DeviceRunner.partitions(tools.partitions)), presence);
    } finally {
      tools.close(dataDir);
    }
  }

  /** Ascending; a sample is one of each stretch of neighbours, so that it is from everywhere. */
  private long[] choose(long[] found) {
    long end = request.step() == Step.RELINK ? 1L << request.partPower() : Long.MAX_VALUE;
    long[] all =
        Arrays.stream(found)
            .filter(number -> number < end)
            .filter(
                number -> request.partitions().isEmpty() || request.partitions().contains(number))
            .toArray();
    long wanted =
        Math.max(
            Verification.LEAST_PARTITIONS, (long) Math.ceil(all.length * verification.share()));
    if (wanted >= all.length) {
      return all;
    }
    Random random = new Random(verification.seed() * 31 + meter.device().hashCode());
    long[] chosen = new long[(int) wanted];
    for (int i = 0; i < chosen.length; i++) {
      int from = (int) ((long) i * all.length / wanted);
      int to = (int) ((i + 1L) * all.length / wanted);
      chosen[i] = all[from + random.nextInt(to - from)];
    }
    return chosen;
  }

  private final class Walk {
    private final Tools tools;
    private final TwinChecker twins;
    private final int dataDir;

    Walk(Tools tools, int dataDir) {
      this.tools = tools;
      this.twins = new TwinChecker(tools, request.policy(), dataDir);
      this.dataDir = dataDir;
    }

    DeviceResult all(long[] partitions, DevicePresence presence) throws PosixException {
      tools.posix.fileSystem(dataDir);
      Weights weights =
          Weights.of(tools, governor, dataDir, FileSystems.isTraditional(tools.posix), partitions);
      meter.partitions(
          partitions.length,
          0,
          IntStream.range(0, partitions.length).mapToDouble(weights::of).sum());
      Rank rank = new Rank(governor, meter);
      for (int i = partitions.length - 1; i >= 0; i--) {
        rank.obey();
        meter.partitionBegun(weights.of(i));
        if (!governor.mayBegin(meter.device(), partitions[i])) {
          return new DeviceResult.Stopped(governor.stopReason());
        }
        presence.check();
        if (!partition(partitions[i])) {
          return new DeviceResult.Stopped(governor.stopReason());
        }
        meter.partitionTried(weights.of(i));
        meter.partitionDone();
      }
      presence.check();
      long errors = meter.errors();
      if (errors == 0) {
        return new DeviceResult.Succeeded(false);
      }
      String first = meter.firstProblem().map(problem -> " The first: " + problem).orElse("");
      return new DeviceResult.Failed(
          "%d %s not as %s leaves them.%s"
              .formatted(
                  errors,
                  errors == 1 ? "file or directory is" : "files or directories are",
                  request.step().swiftName(),
                  first));
    }

    /** False when the run was stopped on the way. */
    private boolean partition(long number) {
      int fd = tools.posix.openDirectory(dataDir, tools.path.set(number).address());
      if (fd == -Errno.ENOENT || fd == -Errno.ENOTDIR) {
        return true;
      }
      int answer = fd < 0 ? fd : tools.suffixes.read(fd);
      try {
        if (answer < 0) {
          wrong(-answer, "The partition could not be listed", number);
          return true;
        }
        Listing suffixes = tools.suffixes;
        for (int at = suffixes.first(); at >= 0; at = suffixes.next(at)) {
          byte[] suffix = suffixes.name(at);
          if (Places.isSuffix(suffix)
              && !suffix(number, fd, new Name(suffix), suffixes.nameAddress(at))) {
            return false;
          }
        }
        return true;
      } finally {
        tools.close(fd);
      }
    }

    private boolean suffix(long number, int partition, Name suffix, long address) {
      if (governor.stopped()) {
        return false;
      }
      int fd = tools.posix.openDirectory(partition, address);
      if (fd == -Errno.ENOENT || fd == -Errno.ENOTDIR) {
        return true;
      }
      int answer = fd < 0 ? fd : tools.hashes.read(fd);
      try {
        if (answer < 0) {
          wrong(-answer, "The suffix dir could not be listed", number, suffix);
          return true;
        }
        Listing hashes = tools.hashes;
        for (int at = hashes.first(); at >= 0; at = hashes.next(at)) {
          byte[] hash = hashes.name(at);
          if (Places.isHash(hash) && !hash(number, suffix, fd, new Name(hash), hashes, at)) {
            return false;
          }
        }
        return true;
      } finally {
        tools.close(fd);
        twins.closeSuffix();
      }
    }

    private boolean hash(
        long number, Name suffix, int suffixFd, Name hash, Listing hashes, int at) {
      long target = Places.partition(hash.bytes(), request.nextPartPower());
      if (target == number) {
        return true;
      }
      if (hashes.surelyNoDirectory(at)) {
        wrong(Errno.ENOTDIR, "No hash dir, where one should be", number, suffix, hash);
        return true;
      }
      if (!governor.next(meter)) {
        return false;
      }
      meter.countHashDir();
      long address = hashes.nameAddress(at);
      TwinChecker.Verdict verdict = look(suffixFd, address, target, suffix, hash);
      if (verdict.isWrong() && patience > 0) {
        if (!governor.sleep(MOMENT)) {
          return false;
        }
        twins.closeSuffix();
        verdict = look(suffixFd, address, target, suffix, hash);
        patience -= verdict.isWrong() ? 1 : 0;
      }
      meter.countFiles(verdict.files());
      if (verdict.errno() != 0) {
        wrong(verdict.errno(), "The hash dir could not be compared", number, suffix, hash);
      }
      verdict.wrong().forEach((file, what) -> wrong(0, what, number, suffix, hash, file));
      return true;
    }

    private TwinChecker.Verdict look(
        int suffixFd, long address, long target, Name suffix, Name hash) {
      return request.step() == Step.RELINK
          ? twins.compare(suffixFd, address, target, suffix, hash)
          : twins.leftOver(suffixFd, address);
    }

    private void wrong(int errno, String message, Object... parts) {
      String path = Job.path(request.policy(), parts);
      if (errno == 0) {
        meter.error(path, ErrorKind.LINKS, message);
      } else {
        meter.error(path, errno, message);
      }
      verification.finding().accept(Problem.of(meter.device() + "/" + path, errno, message));
    }
  }
}
