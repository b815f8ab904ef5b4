package dev.ringlift.e2e.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringlift.ring.Transition;
import dev.ringlift.testkit.process.Command;
import dev.ringlift.testkit.swift.RealSwift;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/ringlift ring} as a process, beside swift-ring-builder on copies of one pair. */
@Tag("swift")
class RingCommandTest {
  private static final Path RINGLIFT =
      Path.of("").toAbsolutePath().resolve("../../bin/ringlift").normalize();

  @TempDir private Path directory;
  private RealSwift swift;
  private Path ours;
  private Path theirs;

  @BeforeEach
  void makeTwoPairs() throws IOException {
    swift = RealSwift.in(directory);
    theirs = Files.createDirectory(directory.resolve("theirs")).resolve("object.builder");
    ours = Files.createDirectory(directory.resolve("ours")).resolve("object.builder");
    swift.ringBuilder(theirs.toString(), "create", "6", "3", "1").orThrow();
    String[] add = new String[2 + 2 * 6];
    add[0] = theirs.toString();
    add[1] = "add";
    for (int device = 0; device < 6; device++) {
      add[2 + 2 * device] = "r1z%d-10.0.0.%d:6200/d1".formatted(device % 3, device);
      add[3 + 2 * device] = "100";
    }
    swift.ringBuilder(add).orThrow();
    swift.ringBuilder(theirs.toString(), "rebalance").orThrow();
    Files.copy(theirs, ours);
    Files.copy(ring(theirs), ring(ours));
  }

  @AfterEach
  void stopSwift() {
    swift.close();
  }

  @Test
  void changesBuilderAndRingAsSwiftDoes() {
    // a whole increase, then one that is given up
    step(Transition.PREPARE);
    step(Transition.INCREASE);
    step(Transition.FINISH);
    step(Transition.PREPARE);
    step(Transition.CANCEL);
    step(Transition.FINISH);

    assertThat(swift.builder(ours).get("part_power").asInt()).isEqualTo(7);
  }

  @Test
  void refusesWithSwiftsExitCode() throws IOException {
    byte[] before = Files.readAllBytes(ours);

    Command.Result refused = ringlift("increase", ours.toString());

    assertThat(refused.exitCode())
        .isEqualTo(
            swift.ringBuilder(theirs.toString(), Transition.INCREASE.swiftCommand()).exitCode())
        .isEqualTo(2);
    assertThat(refused.err())
        .isEqualTo("ringlift: The ring can't be increased: it has not been prepared.\n");
    assertThat(ours).hasBinaryContent(before);
  }

  @Test
  void showsTheRingThatSwiftLoads() throws IOException {
    JsonNode shown =
        new ObjectMapper()
            .readTree(ringlift("show", "--json", ring(ours).toString()).orThrow().out());
    JsonNode loaded = swift.ring(ring(ours));

    assertThat(shown.get("part_power")).isEqualTo(loaded.get("part_power"));
    assertThat(shown.get("version")).isEqualTo(loaded.get("version"));
    assertThat(shown.get("devices")).hasSameSizeAs(loaded.get("devs"));
  }

  @Test
  void endsWith1ForABadFile() throws IOException {
    Files.writeString(ours, "no builder");

    Command.Result result = ringlift("prepare", ours.toString());

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).startsWith("ringlift: " + ours + ": ").hasLineCount(1);
  }

  private void step(Transition transition) {
    ringlift(transition.name().toLowerCase(Locale.ROOT), ours.toString()).orThrow();
    swift.ringBuilder(theirs.toString(), transition.swiftCommand()).orThrow();
    swift.ringBuilder(theirs.toString(), "write_ring").orThrow();

    assertThat(swift.builder(ours)).as("%s: builder", transition).isEqualTo(swift.builder(theirs));
    assertThat(swift.ring(ring(ours)))
        .as("%s: ring", transition)
        .isEqualTo(swift.ring(ring(theirs)));
  }

  private static Path ring(Path builder) {
    return builder.resolveSibling("object.ring.gz");
  }

  private static Command.Result ringlift(String command, String... arguments) {
    String[] words = new String[arguments.length + 3];
    words[0] = RINGLIFT.toString();
    words[1] = "ring";
    words[2] = command;
    System.arraycopy(arguments, 0, words, 3, arguments.length);
    return Command.of(words).run();
  }
}
