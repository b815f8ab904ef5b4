package dev.ringlift.operator.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringlift.ring.Md5;
import dev.ringlift.testkit.process.Command;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;

/** The ConfigMap that swift-operator's Job makes, packed by real GNU tar, and that Job. */
final class SwiftOperatorRings {
  static final String MAP = "swift-ring-files";
  static final String TAR = "swiftrings.tar.gz";
  static final String RING = "object.ring.gz";
  static final String BUILDER = "object.builder";

  private final Path scratch;
  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);

  SwiftOperatorRings(Path scratch) {
    this.scratch = scratch;
  }

  /**
   * The map.
   *
   * @param backups how many files of {@code backupBytes} bytes that nothing compresses there are
   */
  ConfigMap map(byte[] ring, byte[] builder, int backups, int backupBytes) {
    try {
      return packedMap(ring, builder, backups, backupBytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ConfigMap packedMap(byte[] ring, byte[] builder, int backups, int backupBytes)
      throws IOException {
    Path folder = Files.createTempDirectory(scratch, "rings");
    Files.createDirectory(folder.resolve("backups"));
    Files.write(folder.resolve(RING), ring);
    Files.write(folder.resolve(BUILDER), builder);
    for (String other : List.of("account", "container")) {
      Files.writeString(folder.resolve(other + ".ring.gz"), other);
      Files.writeString(folder.resolve(other + ".builder"), "the builder of " + other);
    }
    for (int second = 1; second <= backups; second++) {
      byte[] bytes = new byte[backupBytes];
      random.nextBytes(bytes);
      Files.write(
          folder.resolve("backups/%d.object.builder".formatted(1_700_000_000 + second)), bytes);
    }
    byte[] tar = pack(folder, "*.builder *.ring.gz " + (backups > 0 ? "backups/*.builder" : ""));
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(MAP)
        .addToLabels("backup.openstack.org/restore", "true")
        .addToAnnotations("kept", "yes")
        .endMetadata()
        .addToBinaryData(TAR, base64(tar))
        .addToBinaryData(RING, base64(ring))
        .addToBinaryData("account.ring.gz", base64("account".getBytes(UTF_8)))
        .addToBinaryData("container.ring.gz", base64("container".getBytes(UTF_8)))
        .build();
  }

  /** As the Job packs, whose user is swift. */
  private byte[] pack(Path folder, String members) throws IOException {
    Path tar = Files.createTempFile(scratch, "packed", ".tar.gz");
    String command = "chmod 600 account.builder; tar --owner=swift:42445 --group=swift:42445 -czf ";
    Command.of("bash", "-c", command + tar + " " + members).in(folder).run().orThrow();
    return Files.readAllBytes(tar);
  }

  /** What GNU tar says of each member, its size left out: that of ours may change. */
  List<String> listing(ConfigMap map) throws IOException {
    Path tar = Files.createTempFile(scratch, "listed", ".tar.gz");
    Files.write(tar, bytes(map, TAR));
    return Command.of("tar", "--full-time", "-tvzf", tar.toString())
        .run()
        .orThrow()
        .out()
        .lines()
        .map(line -> line.replaceAll("^(\\S+ \\S+) +\\d+ ", "$1 "))
        .toList();
  }

  /** The md5 of each file that GNU tar unpacks. */
  Map<String, String> unpacked(ConfigMap map) throws IOException {
    Path tar = Files.createTempFile(scratch, "unpacked", ".tar.gz");
    Files.write(tar, bytes(map, TAR));
    Path folder = Files.createTempDirectory(scratch, "unpacked");
    Command.of("tar", "-xzf", tar.toString()).in(folder).run().orThrow();
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(file).toString(), Md5.hex(Files.readAllBytes(file)));
      }
    }
    return files;
  }

  /** The map with another tar, of these shell globs after this was done in the unpacked folder. */
  ConfigMap repacked(ConfigMap map, String work, String members) throws IOException {
    Path tar = Files.createTempFile(scratch, "before", ".tar.gz");
    Files.write(tar, bytes(map, TAR));
    Path folder = Files.createTempDirectory(scratch, "repacked");
    Command.of("bash", "-c", "tar -xzf " + tar + "; " + work).in(folder).run().orThrow();
    return new ConfigMapBuilder(map).addToBinaryData(TAR, base64(pack(folder, members))).build();
  }

  static byte[] bytes(ConfigMap map, String key) {
    return Base64.getDecoder().decode(map.getBinaryData().get(key));
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** The Job, as swift-operator makes it for this map. */
  static Job job(String namespace, String map) {
    return new JobBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName("swift-ring-rebalance")
        .addToLabels("job-name", "swift-ring-rebalance")
        .addNewOwnerReference()
        .withApiVersion("swift.openstack.org/v1beta1")
        .withKind("SwiftRing")
        .withName("swift-ring")
        .withUid("7b0c3e0e-0000-4000-8000-000000000000")
        .withController(true)
        .endOwnerReference()
        .endMetadata()
        .withNewSpec()
        .withNewTemplate()
        .withNewSpec()
        .withRestartPolicy("OnFailure")
        .addNewContainer()
        .withName("swift-ring-rebalance")
        .withImage("swift-proxy-server")
        .withCommand("/usr/local/bin/swift-ring-tool", "all")
        .addNewEnv()
        .withName("CM_NAME")
        .withValue(map)
        .endEnv()
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }
}
