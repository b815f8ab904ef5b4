package dev.ringlift.e2e.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Chooses where the demo's hundreds of thousands of small files go: into memory, where there is
 * plenty of it, for they would keep a disk busy to no purpose; else to the temporary directory.
 */
final class TemporaryPlace {
  private static final Path MEMORY = Path.of("/dev/shm");
  private static final Pattern AVAILABLE =
      Pattern.compile("^MemAvailable:\\s+(\\d+) kB", Pattern.MULTILINE);
  private static final long BYTES_PER_OBJECT = 64 << 10;
  private static final long AT_LEAST = 1L << 30;

  private TemporaryPlace() {}

  /** A new folder for a demo with so many objects. */
  static Path create(int objects) throws IOException {
    String prefix = "ringlift-demo-";
    boolean chosen =
        System.getenv("TMPDIR") != null || !isUsual(System.getProperty("java.io.tmpdir"));
    long needed = AT_LEAST + objects * BYTES_PER_OBJECT;
    return !chosen && memoryHolds(needed)
        ? Files.createTempDirectory(MEMORY, prefix)
        : Files.createTempDirectory(prefix);
  }

  private static boolean isUsual(String folder) {
    return List.of("/tmp", "/var/tmp").contains(folder);
  }

  /** Memory that is free twice over; a tmpfs is no larger than it says, nor than what is left. */
  private static boolean memoryHolds(long needed) {
    try {
      return Files.isWritable(MEMORY)
          && Files.getFileStore(MEMORY).type().equals("tmpfs")
          && Files.getFileStore(MEMORY).getUsableSpace() > needed
          && available().filter(free -> free > 2 * needed).isPresent();
    } catch (IOException e) {
      return false;
    }
  }

  private static Optional<Long> available() throws IOException {
    Matcher matcher = AVAILABLE.matcher(Files.readString(Path.of("/proc/meminfo")));
    return matcher.find() ? Optional.of(Long.parseLong(matcher.group(1)) * 1024) : Optional.empty();
  }
}
