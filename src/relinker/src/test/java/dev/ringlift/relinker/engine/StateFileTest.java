package dev.ringlift.relinker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.relinker.posix.Posix;
import dev.ringlift.relinker.posix.PosixException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** State files of any content. */
class StateFileTest {
  private static final String SWIFTS =
      "{\"part_power\": 4, \"next_part_power\": 5, \"state\": {\"3\": true}";

  @TempDir Path directory;

  @Test
  void oursIsReadBesideSwifts() throws Exception {
    StateFile.Contents contents =
        parse(
                SWIFTS
                    + ", \"ringlift\": {\"ring_version\": 7, \"increase\": \"uid\", \"cycle\": 2, \"round\": 1, \"step\": \"relink\", \"later\": {\"a\": [1]}}}")
            .orElseThrow();

    assertThat(contents.ringVersion()).contains(7L);
    assertThat(contents.identity().orElseThrow().increase()).isEqualTo("uid");
    assertThat(contents.identity().orElseThrow().cycle()).isEqualTo(2);
    assertThat(contents.identity().orElseThrow().round()).isEqualTo(1);
  }

  @Test
  void withoutOursItIsSwifts() throws Exception {
    assertThat(parse(SWIFTS + "}").orElseThrow().ours()).isEmpty();
    assertThat(parse(SWIFTS + ", \"ringlift\": [1, {\"increase\": 2}]}").orElseThrow().ours())
        .isEmpty();
    assertThat(parse(SWIFTS + ", \"ringlift\": {\"increase\": 2}}").orElseThrow().identity())
        .isEmpty();
  }

  /** What is in it is read past, and never gathered, however long it is. */
  @Test
  void noContentFillsTheHeap() throws Exception {
    String many = "0,".repeat(4 << 20);
    for (String bomb :
        List.of(
            ", \"ringlift\": [" + many + "0]}",
            ", \"ringlift\": {\"x\": [" + many + "0]}}",
            ", \"ringlift\": {\"increase\": \"" + many + "\"}}",
            ", \"x\": {\"y\": [" + many + "0]}}")) {
      Path file = Files.writeString(directory.resolve("bomb"), SWIFTS + bomb);
      var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = thread.getCurrentThreadAllocatedBytes();

      read(file);

      assertThat(thread.getCurrentThreadAllocatedBytes() - before)
          .as("bytes on the heap for %s…", bomb.substring(0, 24))
          .isLessThan(24 << 20);
    }
  }

  private Optional<StateFile.Contents> parse(String json) throws IOException, PosixException {
    return read(Files.writeString(directory.resolve("state"), json));
  }

  private static Optional<StateFile.Contents> read(Path file) throws PosixException {
    try (Posix posix = new Posix()) {
      int fd = posix.open(Posix.AT_FDCWD, posix.name(file.toString()), Posix.O_RDONLY, 0);
      try {
        return StateFile.parse(posix, fd);
      } finally {
        posix.close(fd);
      }
    }
  }
}
