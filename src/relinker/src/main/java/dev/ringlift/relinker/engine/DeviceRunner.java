package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.DeviceProgress.State;
import dev.ringlift.relinker.DeviceResult;
import dev.ringlift.relinker.RelinkRequest;
import dev.ringlift.relinker.Step;
import dev.ringlift.relinker.layout.Places;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Listing;
import dev.ringlift.relinker.posix.Posix;
import dev.ringlift.relinker.posix.PosixException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * One device, one step, from its lock to its result.
 *
 * <ol>
 *   <li>Check that it is mounted; take the device's lock; read the state.
 *   <li>List the partitions and choose: relink those below 2^P; cleanup those below 2^P of the
 *       power before, where the state tells it.
 *   <li>Work on them, highest first, in one or more threads; save the state now and then, and at
 *       the end.
 * </ol>
 *
 * <p>Invariant: the result is {@link DeviceResult.Succeeded} only when every chosen partition was
 * done without an error and the state says so on disk.
 */
final class DeviceRunner {
  /** Partitions, and hash dirs in each, that are looked at for leftovers of an earlier increase. */
  private static final int STALE_SAMPLE = 16;

  private static final long FOREVER = TimeUnit.DAYS.toNanos(10_000);

  private final RelinkRequest request;
  private final Meter meter;
  private final Governor governor;
  private final Supplier<Posix> source;
  private final Clock clock;
  private final IntSupplier workers;

  DeviceRunner(
      RelinkRequest request,
      Meter meter,
      Governor governor,
      Supplier<Posix> source,
      Clock clock,
      IntSupplier workers) {
    this.request = request;
    this.meter = meter;
    this.governor = governor;
    this.source = source;
    this.clock = clock;
    this.workers = workers;
  }

  /** Does the work; never throws for what is on the disks. */
  DeviceResult run() {
    meter.begin();
    try (Tools tools = new Tools(source)) {
      return DeviceDirectory.open(
          tools, request, meter.device(), device -> withDevice(tools, device));
    } catch (PosixException e) {
      meter.error("", e.errno(), "The work on the device ended");
      return new DeviceResult.Failed(e.getMessage() + ".");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new DeviceResult.Stopped("The run was interrupted.");
    }
  }

  private DeviceResult withDevice(Tools tools, int device)
      throws PosixException, InterruptedException {
    if (request.dryRun()) {
      return withLock(tools, device);
    }
    long name = tools.posix.name(StateFile.lockName(request.policy().dataDir()));
    FileLock locks = new FileLock(tools, governor);
    int lock = locks.attempt(device, name);
    if (lock == -Errno.EAGAIN) {
      meter.state(State.WAITING_FOR_LOCK);
      lock =
          locks.acquire(device, name, request.lockTimeout().map(Duration::toNanos).orElse(FOREVER));
    }
    if (lock == -Errno.EAGAIN) {
      return governor.stopped()
          ? new DeviceResult.Stopped(governor.stopReason())
          : new DeviceResult.Locked(
              "Another process, swift-object-relinker perhaps, holds the device's lock.");
    }
    PosixException.check(
        "take the device's lock, " + StateFile.lockName(request.policy().dataDir()), lock);
    try {
      return withLock(tools, device);
    } finally {
      tools.close(lock);
    }
  }

  private DeviceResult withLock(Tools tools, int device)
      throws PosixException, InterruptedException {
    meter.state(State.RUNNING);
    Posix posix = tools.posix;
    StateFile stateFile = new StateFile(device, request);
    StateFile.Loaded state = stateFile.load(posix);
    int dataDir = posix.openDirectory(device, posix.name(request.policy().dataDir()));
    if (dataDir == -Errno.ENOENT) {
      return new DeviceResult.Succeeded(true);
    }
    try {
      int answer = dataDir < 0 ? dataDir : tools.partitions.read(dataDir);
      if (answer < 0) {
        meter.note(request.policy().dataDir(), -answer, "The data dir could not be listed");
        return new DeviceResult.Unlistable(
            "The data dir could not be listed: " + Errno.meaning(-answer) + ".");
      }
      long[] found = partitions(tools.partitions);
      Optional<DeviceResult> stale = stale(tools, dataDir, found, state);
      if (stale.isPresent()) {
        return stale.get();
      }
      PartitionTable table = choose(found, state);
      posix.fileSystem(dataDir);
      boolean traditional = FileSystems.isTraditional(posix);
      if (request.dryRun()) {
        meter.dryRun(FileSystems.inodesFree(posix));
      }
      Weights weights = Weights.of(tools, governor, dataDir, traditional, table.numbers());
      meter.partitions(table.size(), table.doneCount(), table.weigh(weights));
      Job job =
          new Job(
              request,
              device,
              dataDir,
              traditional,
              state.previousPower().orElse(64) < request.nextPartPower(),
              meter,
              governor);
      return work(
          tools,
          job,
          table,
          new StateSaver(request, stateFile, table, state.previousPower(), source));
    } finally {
      tools.close(dataDir);
    }
  }

  /** The numbers of all partitions in the data dir that was listed, ascending. */
  static long[] partitions(Listing listing) {
    PartitionStates.Collector numbers = new PartitionStates.Collector();
    for (int at = listing.first(); at >= 0; at = listing.next(at)) {
      long number = Places.partitionNumber(listing.name(at));
      if (number >= 0) {
        numbers.add(number, false);
      }
    }
    return numbers.finish().numbers();
  }

  /** An earlier increase's leftovers, looked for where they would be, before anything is linked. */
  private Optional<DeviceResult> stale(
      Tools tools, int dataDir, long[] found, StateFile.Loaded state) {
    if (request.step() != Step.RELINK || !request.refuseStale() || !state.partitions().isEmpty()) {
      return Optional.empty();
    }
    int power = request.partPower();
    StaleFinder finder =
        new StaleFinder(
            tools,
            dataDir,
            (number, hash) ->
                hash.partition(power) == number || hash.partition(power + 1) == number);
    finder.sample(found, 1L << (power - 1), STALE_SAMPLE, STALE_SAMPLE, governor::stopped);
    return finder.found() == 0
        ? Optional.empty()
        : Optional.of(
            new DeviceResult.Stale(
                "Files of an earlier increase were left at old places, "
                    + request.policy().dataDir()
                    + "/"
                    + finder.example()
                    + " for one; relinking would bring deleted objects back. Wipe the device, or remove them, first."));
  }

  /** Which partitions belong to the step, and which of them are done. */
  private PartitionTable choose(long[] found, StateFile.Loaded state) {
    boolean relink = request.step() == Step.RELINK;
    long end = 1L << (relink ? request.partPower() : state.previousPower().orElse(33));
    boolean resumed = !state.partitions().isEmpty();
    // Created since the state was written: by relinking, with nothing in it to relink. Cleanup
    // looks
    // at it, to be safe.
    PartitionStates known =
        state
            .partitions()
            .with(Arrays.stream(found).filter(number -> number < end).toArray(), resumed && relink);
    return new PartitionTable(
        known.numbers(),
        known.done(),
        number -> request.partitions().isEmpty() || request.partitions().contains(number));
  }

  private DeviceResult work(Tools tools, Job job, PartitionTable table, StateSaver saver)
      throws PosixException, InterruptedException {
    Crew crew = new Crew(job, table, saver, source, clock, workers);
    crew.work(tools);
    saver.finish();
    return result(table, crew.skipped());
  }

  private DeviceResult result(PartitionTable table, int skipped) {
    if (governor.stopped() && table.toTry() > 0) {
      return new DeviceResult.Stopped(governor.stopReason());
    }
    long errors = meter.errors();
    if (errors > 0) {
      String first = meter.firstProblem().map(problem -> " The first: " + problem).orElse("");
      return new DeviceResult.Failed(errors + (errors == 1 ? " error." : " errors.") + first);
    }
    if (!request.dryRun() && table.toTry() > skipped) {
      return new DeviceResult.Failed(table.toTry() - skipped + " partitions were not done.");
    }
    return meter
        .needs()
        .filter(needs -> !needs.met())
        .<DeviceResult>map(
            needs ->
                new DeviceResult.Failed(
                    "The device has only %d inodes free, and up to %d are needed."
                        .formatted(needs.inodesFree(), needs.inodes())))
        .orElseGet(() -> new DeviceResult.Succeeded(false));
  }
}
