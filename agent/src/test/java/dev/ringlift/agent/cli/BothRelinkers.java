package dev.ringlift.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringlift.testkit.swift.RealSwift;
import dev.ringlift.testkit.swift.SwiftConf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Our command line and {@code swift-object-relinker} with the same rings: of two policies, gold (0)
 * and silver (1), on device d1, power 4.
 */
final class BothRelinkers implements AutoCloseable {
  static final int POWER = 4;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Makes the rings of a stage; each word is what has been done to a policy's ring. */
  private static final String RINGS =
      """
      import os
      from swift.common.ring import RingBuilder

      def main(request):
          os.makedirs(request['directory'], exist_ok=True)
          for index, stage in enumerate(request['stages']):
              path = os.path.join(request['directory'], 'object-%d.ring.gz' % index if index else 'object.ring.gz')
              if stage == 'missing':
                  continue
              if stage == 'broken':
                  open(path, 'w').close()
                  continue
              builder = RingBuilder(request['power'], 1, 0)
              builder.add_dev({'id': 0, 'region': 1, 'zone': 1, 'ip': '127.0.0.1', 'port': 6200, 'device': 'd1',
                               'replication_ip': '127.0.0.1', 'replication_port': 6200, 'weight': 1.0, 'meta': ''})
              builder.rebalance(seed='1')
              if stage != 'plain':
                  builder.prepare_increase_partition_power()
              if stage == 'increased':
                  builder.increase_partition_power()
              if stage == 'cancelled':
                  builder.cancel_increase_partition_power()
              builder.get_ring().save(path)
      """;

  /** The relinker in a child of its own: it keeps what it has read in global variables. */
  private static final String RELINKER =
      """
      import os
      import swift.cli.relinker

      def main(request):
          pid = os.fork()
          if pid == 0:
              code = 1
              try:
                  log = os.open(request['log'], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
                  os.dup2(log, 1)
                  os.dup2(log, 2)
                  code = swift.cli.relinker.main(request['args'])
              except SystemExit as e:
                  code = 0 if e.code is None else e.code if isinstance(e.code, int) else 1
              finally:
                  os._exit(code)
          return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
      """;

  private final Path directory;
  private final RealSwift swift;

  /** Keeps swift.conf, the rings and what is said in this directory. */
  BothRelinkers(Path directory) {
    this.directory = directory;
    this.swift = RealSwift.in(directory, SwiftConf.DEFAULT.withReplication(1, "silver"));
  }

  /**
   * A swift-dir with the rings of the policies at these stages: plain, prepared, increased,
   * cancelled, missing or broken.
   */
  Path rings(String... stages) {
    Path made = directory.resolve("rings-" + String.join("-", stages));
    if (!Files.exists(made)) {
      swift.python(
          RINGS, Map.of("directory", made.toString(), "power", POWER, "stages", List.of(stages)));
      try {
        Files.copy(directory.resolve("swift.conf"), made.resolve("swift.conf"));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
    return made;
  }

  /** A configuration file with these lines, and a recon cache of its own beside it. */
  static Path conf(Path directory, String... lines) throws IOException {
    Files.createDirectories(directory);
    List<String> all = new ArrayList<>(List.of("[object-relinker]"));
    all.add("recon_cache_path = " + directory);
    all.addAll(List.of(lines));
    return Files.write(directory.resolve("relinker.conf"), all);
  }

  /** What is in the recon cache of such a file. */
  static JsonNode recon(Path directory) throws IOException {
    return JSON.readTree(directory.resolve("relinker.recon").toFile());
  }

  /** The exit code of swift-object-relinker. */
  int swift(List<String> arguments) {
    return swift
        .python(
            RELINKER, Map.of("args", arguments, "log", directory.resolve("swift.log").toString()))
        .asInt();
  }

  /** The exit code of our command line. */
  int ringlift(List<String> arguments) {
    return RingliftCommand.execute(arguments.toArray(String[]::new));
  }

  /** Writes an object's file at the place that its hash has at a power. */
  static Path write(Path device, String hash, int power, String name) throws IOException {
    long partition = Long.parseLong(hash.substring(0, 8), 16) >>> (32 - power);
    Path folder = device.resolve("objects/" + partition + "/" + hash.substring(29) + "/" + hash);
    return Files.writeString(Files.createDirectories(folder).resolve(name), device + name);
  }

  @Override
  public void close() {
    swift.close();
  }
}
