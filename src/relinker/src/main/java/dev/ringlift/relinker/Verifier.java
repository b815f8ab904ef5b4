package dev.ringlift.relinker;

import dev.ringlift.relinker.engine.LocalVerifier;

/**
 * Looks whether a step has done what it is for, without a write: after relink every file that is
 * needed has its twin at the next power, on the same inode; after cleanup no file is left at an old
 * place.
 *
 * <p>Objects may be written and deleted meanwhile: what looks wrong is looked at once more, a
 * little later, before it counts.
 */
public interface Verifier {
  /**
   * Starts looking, in threads of its own, and returns at once. A device succeeds when nothing
   * wrong was found on it; each wrong file counts as an error. What only matters to writes
   * (identity, ring version, lock, reclaim) is ignored in the request.
   */
  RelinkRun start(
      RelinkRequest request, Verification verification, LiveSettings settings, Guard guard);

  /** The verifier for real devices. */
  static Verifier create() {
    return new LocalVerifier();
  }
}
