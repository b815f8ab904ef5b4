package dev.ringlift.e2e.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringlift.testkit.process.Command;
import dev.ringlift.testkit.process.ManagedProcess;
import dev.ringlift.testkit.swift.RealSwift;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A node whose ring is raised by hand, with {@code bin/ringlift} or Swift's own relinker. */
final class IncreaseByHand implements AutoCloseable {
  static final Path RINGLIFT =
      Path.of("").toAbsolutePath().resolve("../../bin/ringlift").normalize();

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;
  private final RealSwift swift;
  private final Path builder;
  private final Path conf;

  /** Keeps ring, builder, configuration and recon cache in this directory. */
  IncreaseByHand(Path directory, int power) throws IOException {
    this.directory = directory;
    swift = RealSwift.in(directory);
    builder = directory.resolve("object.builder");
    conf = directory.resolve("relinker.conf");
    Files.writeString(
        conf,
        """
        [object-relinker]
        swift_dir = %s
        recon_cache_path = %s
        mount_check = false
        reclaim_age = 10000000000
        """
            .formatted(directory, swift.reconDirectory()));
    swift.ringBuilder(builder.toString(), "create", Integer.toString(power), "1", "1").orThrow();
    swift.ringBuilder(builder.toString(), "add", "r1z1-127.0.0.1:6200/d1", "1").orThrow();
    swift.ringBuilder(builder.toString(), "rebalance").orThrow();
  }

  RealSwift swift() {
    return swift;
  }

  /** A transition of the ring: prepare, increase, cancel or finish. */
  void ring(String transition) {
    Command.of(RINGLIFT.toString(), "ring", transition, builder.toString()).run().orThrow();
  }

  /** The command line of a step on these devices. */
  List<String> words(String step, Path devices, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(RINGLIFT.toString(), step, conf.toString(), "--devices", devices.toString()));
    words.addAll(List.of(more));
    return words;
  }

  Command.Result ringlift(String step, Path devices, String... more) {
    return Command.of(words(step, devices, more)).run();
  }

  ManagedProcess start(String step, Path devices, String... more) {
    return ManagedProcess.builder("ringlift " + step, directory.resolve("ringlift.log"))
        .command(words(step, devices, more))
        .start();
  }

  Command.Result swiftRelinker(String step, Path devices) {
    return bySwift(step, devices).run();
  }

  ManagedProcess startSwift(String step, Path devices, String... more) {
    return ManagedProcess.builder("swift " + step, directory.resolve("swift.log"))
        .command(bySwift(step, devices, more).words())
        .start();
  }

  private Command bySwift(String step, Path devices, String... more) {
    List<String> words =
        new ArrayList<>(List.of(step, conf.toString(), "--devices", devices.toString()));
    words.addAll(List.of(more));
    return swift.command("swift-object-relinker", words.toArray(String[]::new));
  }

  /** The recon file. */
  JsonNode recon() throws IOException {
    return JSON.readTree(swift.reconDirectory().resolve("relinker.recon").toFile());
  }

  /** The return code of the only worker that recon knows. */
  JsonNode returnCode() throws IOException {
    JsonNode workers = recon().path("workers");
    if (workers.size() != 1) {
      throw new IllegalStateException("Not one worker: " + workers);
    }
    return workers.elements().next().path("return_code");
  }

  /** The state file of a device. */
  static JsonNode state(Path device) throws IOException {
    return JSON.readTree(device.resolve("relink.objects.json").toFile()).path("state");
  }

  @Override
  public void close() {
    swift.close();
  }
}
