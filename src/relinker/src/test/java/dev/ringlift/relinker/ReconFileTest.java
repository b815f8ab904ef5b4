package dev.ringlift.relinker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringlift.relinker.engine.LocalReconFile;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Posix;
import dev.ringlift.relinker.posix.PosixException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What recon says of workers that could not say how they ended. */
class ReconFileTest {
  /** Long after any process of this machine began. */
  private static final Instant NOW = Instant.parse("2100-01-01T00:00:00Z");

  private final Path directory;
  private final Path file;
  private final ReconFile recon;

  ReconFileTest(@TempDir Path directory) {
    this.directory = directory;
    this.file = directory.resolve("relinker.recon");
    this.recon = new LocalReconFile(directory, Posix::new, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  @Test
  void aKilledWorkerIsGivenAReturnCode() throws Exception {
    long dead = dead();
    worker(dead, NOW.minus(Duration.ofHours(1)));

    assertThat(recon.endKilled()).isEmpty();

    assertThat(returnCode(dead).asInt()).isEqualTo(1);
    assertThat(read().path("devices").path("d1").path("parts_done").asInt()).isEqualTo(3);
  }

  @Test
  void aWorkerThatWasHeardOfLatelyMayBeOneThatCannotBeSeenFromHere() throws Exception {
    long dead = dead();
    worker(dead, NOW.minus(Duration.ofMinutes(14)));

    recon.endKilled();

    assertThat(returnCode(dead).isNull()).isTrue();
  }

  @Test
  void aWorkerThatLivesIsLeftAlone() throws Exception {
    Process living = new ProcessBuilder("sleep", "600").start();
    try {
      Instant started = living.info().startInstant().orElseThrow();
      worker(living.pid(), started.plusSeconds(1));
      Clock later = Clock.fixed(started.plus(Duration.ofHours(2)), ZoneOffset.UTC);

      new LocalReconFile(directory, Posix::new, later).endKilled();

      assertThat(returnCode(living.pid()).isNull()).isTrue();
    } finally {
      living.destroyForcibly();
    }
  }

  @Test
  void anotherProcessThatHasTheNumberNowIsNotTheWorker() throws Exception {
    long mine = ProcessHandle.current().pid();
    worker(mine, Instant.parse("2001-09-09T01:46:40Z"));

    recon.endKilled();

    assertThat(returnCode(mine).asInt()).isEqualTo(1);
  }

  @Test
  void whereThereIsNoFileNoneIsMade() {
    assertThat(recon.endKilled()).isEmpty();

    assertThat(file).doesNotExist();
  }

  @Test
  void theEndOfAProcessIsToldAlsoWithoutARun() throws IOException {
    recon.reset();

    assertThat(recon.end(List.of("d1", "d2"), 2)).isEmpty();

    JsonNode worker = read().path("workers").elements().next();
    assertThat(worker.path("return_code").asInt()).isEqualTo(2);
    assertThat(worker.path("devices")).hasSize(2);
  }

  @Test
  void whatOthersHavePutInPlaceOfTheDevicesIsReplaced() throws IOException {
    Files.writeString(file, "{\"devices\": 5, \"workers\": [], \"other\": 1}");

    assertThat(recon.end(List.of("d1"), 1)).isEmpty();

    assertThat(read().path("workers").isObject()).isTrue();
    assertThat(read().path("other").asInt()).isEqualTo(1);
  }

  @Test
  void onAFullFileSystemTheOldFileStaysAndNothingIsLeftBeside() throws IOException {
    Files.writeString(file, "{\"devices\": {}}\n");
    LocalReconFile full =
        new LocalReconFile(directory, FullPosix::new, Clock.fixed(NOW, ZoneOffset.UTC));

    assertThat(full.end(List.of("d1"), 0)).contains("ENOSPC");

    assertThat(directory.toFile().list()).containsExactly("relinker.recon");
    assertThat(file).hasContent("{\"devices\": {}}\n");
  }

  /** A file can be made, but nothing written to it. */
  private static final class FullPosix extends Posix {
    @Override
    public void write(int fd, byte[] bytes) throws PosixException {
      throw new PosixException("write", Errno.ENOSPC);
    }
  }

  private static long dead() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    return process.pid();
  }

  private void worker(long process, Instant heard) throws IOException {
    Files.writeString(
        file,
        "{\"devices\": {\"d1\": {\"parts_done\": 3}}, \"workers\": {\"%d\": {\"devices\": [\"d1\"], \"timestamp\": %d.5, \"return_code\": null}}}"
            .formatted(process, heard.getEpochSecond()));
  }

  private JsonNode returnCode(long process) throws IOException {
    return read().path("workers").path(Long.toString(process)).path("return_code");
  }

  private JsonNode read() throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }
}
