package dev.ringlift.relinker;

import dev.ringlift.relinker.engine.LocalReconFile;
import dev.ringlift.relinker.posix.Posix;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;

/**
 * {@code relinker.recon} in Swift's recon cache directory, which {@code /recon/relinker} serves:
 * the same keys as swift-object-relinker's. Writing never fails a run: what goes wrong is returned
 * as a sentence.
 */
public interface ReconFile {
  /**
   * Begins a new run: forgets the devices and workers of the last one. Returns a problem, or an
   * empty string.
   */
  String reset();

  /** Writes how far the run is. Returns a problem, or an empty string. */
  String update(RelinkRequest request, RelinkRun run);

  /**
   * Writes the end of the run with its exit code (0 done, 1 errors, 2 nothing to do). Returns a
   * problem, or an empty string.
   */
  String finish(RelinkRequest request, RelinkRun run, int returnCode);

  /**
   * Writes that this process has ended its work, of none, one or several runs, with this exit code.
   *
   * @param devices those that it was for
   * @return a problem, or an empty string
   */
  String end(Collection<String> devices, int returnCode);

  /**
   * Gives every worker that was killed before it could write how it ended the return code 1: one of
   * which nothing was heard for a quarter of an hour, and whose process this machine does not have
   * (any more). Returns a problem, or an empty string.
   */
  String endKilled();

  /** The file in this recon cache directory (Swift's default: {@code /var/cache/swift}). */
  static ReconFile in(Path reconCachePath) {
    return new LocalReconFile(reconCachePath, Posix::new, Clock.systemUTC());
  }
}
