package dev.ringlift.relinker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Another process that holds a lock, by util-linux's flock. */
final class Locker implements AutoCloseable {
  private final Process process;

  Locker(Path file) throws IOException {
    process =
        new ProcessBuilder("flock", file.toString(), "sh", "-c", "echo locked; exec cat").start();
    assertThat(process.inputReader().readLine()).isEqualTo("locked");
    assertThat(Files.exists(file)).isTrue();
  }

  boolean holds() {
    return process.isAlive();
  }

  @Override
  public void close() throws IOException {
    process.outputWriter().close();
    process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }
}
