package dev.ringlift.operator.plan;

/** Names of a policy's directory on a device (Swift's swift.obj.diskfile.get_data_dir). */
final class DataDir {
  private DataDir() {}

  static String of(int policyIndex) {
    return policyIndex == 0 ? "objects" : "objects-" + policyIndex;
  }

  /** Whether a leftover, {@code datadir: what}, is of the given directory. */
  static boolean isOf(String leftover, String dataDir) {
    return leftover.equals(dataDir) || leftover.startsWith(dataDir + ":");
  }
}
