package dev.ringlift.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingDevice;
import dev.ringlift.ring.Transition;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import dev.ringlift.testkit.process.Command;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code ringlift ring manifest} and its reverse, {@code ring extract}. */
class ManifestCommandTest {
  private static final RingBuilder BUILDER =
      RingBuilder.create(
          8,
          3,
          IntStream.range(0, 6)
              .mapToObj(
                  id -> {
                    String ip = "10.0.0." + id;
                    return new RingDevice(id, 1, id % 3, ip, 6200, ip, 6200, "sd", 100, "");
                  })
              .toList());

  @TempDir private Path directory;
  private Path builder;
  private Path ring;
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

  @BeforeEach
  void writePair() throws IOException {
    builder = Files.write(directory.resolve("object-1.builder"), BUILDER.toBytes());
    ring =
        Files.write(
            directory.resolve("object-1.ring.gz"),
            BUILDER.toRing(1).named("object-1.ring.gz").toBytes());
  }

  private int manifest(String... arguments) {
    output.reset();
    return new CommandLine(new ManifestCommand(new PrintStream(output, true, UTF_8), errors()))
        .execute(arguments);
  }

  private int extract(String input, String... arguments) {
    return new CommandLine(
            new ExtractCommand(
                new ByteArrayInputStream(input.getBytes(UTF_8)),
                new PrintStream(new ByteArrayOutputStream(), true, UTF_8),
                errors()))
        .execute(arguments);
  }

  private PrintStream errors() {
    return new PrintStream(errors, true, UTF_8);
  }

  private void assertSaid(String sentence) {
    assertThat(errors.toString(UTF_8)).isEqualTo("ringlift: " + sentence + "\n");
    errors.reset();
  }

  private List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    for (JsonNode item : new ObjectMapper().readTree(output.toByteArray()).get("items")) {
      names.add(item.at("/metadata/name").asText());
    }
    return names;
  }

  @Test
  void smallFilesGoIntoOneMap() throws IOException {
    assertThat(manifest(builder.toString(), "--config-map", "swift-rings")).isZero();

    assertThat(names()).containsExactly("swift-rings");
    assertThat(output.toString(UTF_8)).contains("object-1.builder", "object-1.ring.gz");
  }

  @Test
  void largeFilesGoInPartsBeforeTheMapThatNamesThem() throws IOException {
    assertThat(
            manifest(
                ring.toString(),
                "--config-map",
                "swift-rings",
                "--part-limit",
                "100",
                "--namespace",
                "swift"))
        .isZero();

    assertThat(names()).hasSizeGreaterThan(5).endsWith("swift-rings");
    assertThat(output.toString(UTF_8)).contains("\"immutable\" : true", "object-1.ring.gz.index");
    assertThat(new ObjectMapper().readTree(output.toByteArray()).get("items"))
        .allSatisfy(item -> assertThat(item.at("/metadata/namespace").asText()).isEqualTo("swift"));
  }

  @Test
  void whatComesOutIsWhatWentIn() throws IOException {
    manifest(builder.toString(), "--config-map", "swift-rings", "--part-limit", "100");
    Path back = Files.createDirectory(directory.resolve("back"));

    assertThat(
            extract(
                output.toString(UTF_8),
                "--config-map",
                "swift-rings",
                "--directory",
                back.toString()))
        .isZero();

    assertThat(back.resolve("object-1.builder")).hasSameBinaryContentAs(builder);
    assertThat(back.resolve("object-1.ring.gz")).hasSameBinaryContentAs(ring);
  }

  @Test
  void replacesNothingThatIsOtherUnlessForced() throws IOException {
    manifest(builder.toString(), "--config-map", "swift-rings");
    String manifest = output.toString(UTF_8);
    Files.writeString(ring, "precious");
    Files.delete(builder);
    String[] arguments = {"--config-map", "swift-rings", "--directory", directory.toString()};

    assertThat(extract(manifest, arguments)).isEqualTo(2);
    assertSaid(ring + " holds something else; --force replaces it. Nothing was written.");
    assertThat(builder).doesNotExist();

    assertThat(extract(manifest, arguments[0], arguments[1], arguments[2], arguments[3], "--force"))
        .isZero();
    assertThat(builder).hasBinaryContent(BUILDER.toBytes());
  }

  @Test
  void saysWhyThereIsNoManifest() throws Exception {
    assertThat(manifest(directory + "/account.builder", "--config-map", "m")).isEqualTo(2);
    assertSaid(
        directory
            + "/account.builder is not named as a file of an object ring is: object[-N].builder or"
            + " object[-N].ring.gz.");
    assertThat(manifest(builder.toString(), "--config-map", "Swift_rings")).isEqualTo(2);
    assertSaid("'Swift_rings' is no name of a ConfigMap.");
    assertThat(manifest(directory + "/object.builder", "--config-map", "m")).isEqualTo(1);
    assertSaid(directory + "/object.ring.gz can't be read: it does not exist.");
    assertThat(manifest(builder.toString(), "--config-map", "m", "--part-limit", "1")).isEqualTo(2);
    errors.reset();

    Files.write(builder, BUILDER.after(Transition.PREPARE, Instant.EPOCH).toBytes());
    assertThat(manifest(builder.toString(), "--config-map", "m")).isEqualTo(2);
    assertSaid(
        ring
            + " does not belong to "
            + builder
            + ". Ring and builder differ: the ring has next partition power none and the builder"
            + " 9.");
    Files.writeString(builder, "no builder");
    assertThat(manifest(builder.toString(), "--config-map", "m")).isEqualTo(1);
    assertThat(output.toString(UTF_8)).isEmpty();
  }

  @Test
  void saysWhyNothingIsExtracted() {
    manifest(builder.toString(), "--config-map", "m", "--part-limit", "100");
    String manifest = output.toString(UTF_8);

    assertThat(extract("no JSON", "--config-map", "m")).isEqualTo(1);
    assertSaid("The input is not the JSON text of ConfigMaps.");
    assertThat(extract("", "--config-map", "m")).isEqualTo(1);
    assertSaid("The input has no ConfigMap m.");
    assertThat(extract(manifest, "--config-map", "other")).isEqualTo(1);
    assertSaid("The input has no ConfigMap other.");
    assertThat(extract(manifest.replace("-00002\"", "-x\""), "--config-map", "m")).isEqualTo(1);
    assertThat(errors.toString(UTF_8))
        .startsWith("ringlift: object-1.builder: Its part object-1.builder.00002 is not in m-obj");
  }

  @Test
  @Tag("apiserver")
  @ExtendWith(ApiServerExtension.class)
  void kubectlTakesItAndGivesItBack(ApiServer server) throws IOException {
    String namespace = server.newNamespace("manifest");
    manifest(builder.toString(), "--config-map", "swift-rings", "--part-limit", "100");
    String manifest = output.toString(UTF_8);

    Command.of(server.kubectlCommand("apply", "--server-side", "-n", namespace, "-f", "-"))
        .input(manifest)
        .run()
        .orThrow();
    // Small parts also have room in the annotation that a client-side apply makes.
    String again =
        Command.of(server.kubectlCommand("apply", "-n", namespace, "-f", "-"))
            .input(manifest)
            .run()
            .orThrow()
            .out();

    assertThat(again.lines()).hasSizeGreaterThan(5);
    String found =
        server.kubectl("get", "configmap", "-n", namespace, "-o", "json").orThrow().out();
    Path back = Files.createDirectory(directory.resolve("back"));
    assertThat(extract(found, "--config-map", "swift-rings", "--directory", back.toString()))
        .isZero();
    assertThat(back.resolve("object-1.builder")).hasSameBinaryContentAs(builder);
    assertThat(back.resolve("object-1.ring.gz")).hasSameBinaryContentAs(ring);
  }
}
