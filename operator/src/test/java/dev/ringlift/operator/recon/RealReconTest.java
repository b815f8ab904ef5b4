package dev.ringlift.operator.recon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.operator.plan.ReconAnswer;
import dev.ringlift.ring.Md5;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingDevice;
import dev.ringlift.ring.Transition;
import dev.ringlift.testkit.process.LoopbackPorts;
import dev.ringlift.testkit.process.ManagedProcess;
import dev.ringlift.testkit.swift.RealSwift;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Swift's own object server, with recon in its pipeline, is asked what it has. */
@Tag("swift")
class RealReconTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String FILE = "object.ring.gz";

  @Test
  void theObjectServerTellsItsRingAndThenTheNext(@TempDir Path folder) throws Exception {
    RingBuilder builder =
        RingBuilder.create(
            6,
            1,
            List.of(
                new RingDevice(0, 1, 1, "127.0.0.1", 6200, "127.0.0.1", 6200, "d1", 100.0, "")));
    int port = LoopbackPorts.free();
    try (RealSwift swift = RealSwift.in(folder.resolve("swift"));
        ReconPoller poller =
            new ReconPoller(
                Clock.systemUTC(),
                new ReconPoller.Pace(
                    Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofSeconds(10)))) {
      byte[] first = builder.toRing(1).toBytes();
      Files.write(swift.directory().resolve(FILE), first);
      Files.writeString(
          swift.reconDirectory().resolve("object.recon"),
          "{\"object_replication_last\": 1000000600.5, \"object_replication_time\": 2.0}");
      try (ManagedProcess server = objectServer(swift, folder, port)) {
        ReconTarget target = new ReconTarget("", "127.0.0.1", port, true);
        awaitRing(poller, target, first, server);

        ReconAnswer answer = Objects.requireNonNull(poller.state(target, FILE, "").answer());
        assertThat(answer.version()).startsWith("2.");
        assertThat(Objects.requireNonNull(answer.clockSkew()).abs())
            .isLessThan(Duration.ofSeconds(2));
        assertThat(Objects.requireNonNull(answer.replicated()).getEpochSecond())
            .isEqualTo(1000000480);

        byte[] next = builder.after(Transition.PREPARE, Instant.EPOCH).toRing(1).toBytes();
        Path file = Files.write(swift.directory().resolve("next"), next);
        Files.move(file, swift.directory().resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        awaitRing(poller, target, next, server);
      }
    }
  }

  private static void awaitRing(
      ReconPoller poller, ReconTarget target, byte[] ring, ManagedProcess server) {
    String md5 = Md5.hex(ring);
    await("the server tells " + md5)
        .atMost(LONG)
        .failFast("the server runs", () -> !server.isAlive())
        .until(
            () -> {
              ReconAnswer answer = poller.state(target, FILE, md5).answer();
              return answer != null && md5.equals(answer.rings().get(FILE));
            });
  }

  private static ManagedProcess objectServer(RealSwift swift, Path folder, int port)
      throws Exception {
    Path conf =
        Files.writeString(
            folder.resolve("object-server.conf"),
            """
            [DEFAULT]
            bind_ip = 127.0.0.1
            bind_port = %d
            workers = 0
            user = %s
            swift_dir = %s
            devices = %s
            mount_check = false
            [pipeline:main]
            pipeline = healthcheck recon object-server
            [app:object-server]
            use = egg:swift#object
            [filter:healthcheck]
            use = egg:swift#healthcheck
            [filter:recon]
            use = egg:swift#recon
            recon_cache_path = %s
            """
                .formatted(
                    port,
                    System.getProperty("user.name"),
                    swift.directory(),
                    Files.createDirectories(folder.resolve("node")),
                    swift.reconDirectory()));
    return ManagedProcess.builder("object-server", folder.resolve("object-server.log"))
        .command(swift.command("swift-object-server", conf.toString(), "-v").words())
        .start();
  }
}
