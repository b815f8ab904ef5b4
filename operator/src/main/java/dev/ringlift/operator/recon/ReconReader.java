package dev.ringlift.operator.recon;

/** What processes last told of their rings. */
public interface ReconReader {

  /** Nobody is ever asked. */
  ReconReader NONE = (target, file, md5) -> ReconState.UNKNOWN;

  /**
   * What is known now; never waits. Whoever calls this wants the target to be asked from now on.
   *
   * @param file name of the ring file
   * @param md5 that it is to have: until it does, the target is asked more often
   */
  ReconState state(ReconTarget target, String file, String md5);
}
