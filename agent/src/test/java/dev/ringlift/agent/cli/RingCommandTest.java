package dev.ringlift.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingDevice;
import dev.ringlift.ring.RingFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class RingCommandTest {
  private static final RingBuilder BUILDER =
      RingBuilder.create(
          4,
          3,
          IntStream.range(0, 6)
              .mapToObj(
                  id ->
                      new RingDevice(
                          id,
                          1,
                          id % 3,
                          "10.0.0." + id,
                          6200,
                          "10.0.0." + id,
                          6200,
                          "sdä",
                          100,
                          ""))
              .toList());

  @TempDir private Path directory;
  private Path builderFile;
  private Path ringFile;
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

  @BeforeEach
  void writePair() throws IOException {
    builderFile = Files.write(directory.resolve("object.builder"), BUILDER.toBytes());
    ringFile = Files.write(directory.resolve("object.ring.gz"), BUILDER.toRing(1).toBytes());
  }

  private int ring(String command, Object... arguments) {
    return ring(output, command, arguments);
  }

  private int ring(OutputStream stream, String command, Object... arguments) {
    output.reset();
    errors.reset();
    PrintStream err = new PrintStream(errors, true, StandardCharsets.UTF_8);
    RingFiles files =
        new RingFiles(Clock.fixed(Instant.ofEpochSecond(1_800_000_000), ZoneOffset.UTC));
    CommandLine line =
        new CommandLine(
            new RingCommand(files, new PrintStream(stream, true, StandardCharsets.UTF_8), err));
    line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    String[] words = new String[arguments.length + 1];
    words[0] = command;
    for (int i = 0; i < arguments.length; i++) {
      words[i + 1] = arguments[i].toString();
    }
    return line.execute(words);
  }

  private String out() {
    return output.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return errors.toString(StandardCharsets.UTF_8);
  }

  private Ring read() throws Exception {
    return Ring.read(Files.readAllBytes(ringFile));
  }

  @Test
  void leadsAnIncreaseFromPrepareToFinish() throws Exception {
    assertThat(ring("prepare", builderFile)).isZero();
    assertThat(out()).startsWith("The next partition power is now 5: ").endsWith("\n");
    assertThat(read().nextPartPower()).isEqualTo(5);

    assertThat(ring("increase", builderFile)).isZero();
    assertThat(read().partPower()).isEqualTo(5);

    assertThat(ring("finish", builderFile)).isZero();
    assertThat(read().nextPartPower()).isNull();
    assertThat(err()).isEmpty();
  }

  @Test
  void givesAnIncreaseUp() throws Exception {
    ring("prepare", builderFile);

    assertThat(ring("cancel", builderFile)).isZero();
    assertThat(ring("finish", builderFile)).isZero();
    assertThat(read().partPower()).isEqualTo(4);
    assertThat(read().nextPartPower()).isNull();
  }

  @Test
  void writesTheFormatThatIsAskedFor() throws Exception {
    assertThat(ring("prepare", "--format-version", 2, builderFile)).isZero();
    assertThat(read().formatVersion()).isEqualTo(2);
  }

  @Test
  void endsWith2AndTheReasonWhenRefused() throws Exception {
    byte[] before = Files.readAllBytes(builderFile);

    assertThat(ring("finish", builderFile)).isEqualTo(2);
    assertThat(err()).startsWith("ringlift: The ").hasLineCount(1);
    assertThat(out()).isEmpty();
    assertThat(builderFile).hasBinaryContent(before);
  }

  @Test
  void endsWith1AndTheReasonForABadFile() throws Exception {
    Path bad = Files.writeString(directory.resolve("bad.ring.gz"), "no ring");

    assertThat(ring("show", bad)).isEqualTo(1);
    assertThat(err())
        .isEqualTo("ringlift: " + bad + ": It is not a ring: it is not compressed by gzip.\n");
    assertThat(ring("prepare", directory.resolve("object-7.builder"))).isEqualTo(1);
    assertThat(err()).endsWith("object-7.builder can't be read: it does not exist.\n");
  }

  @Test
  void showsARingAndABuilder() {
    assertThat(ring("show", ringFile)).isZero();
    assertThat(out())
        .contains("ring, format 1")
        .contains("No increase is under way; the partition power is 4.")
        .contains("10.0.0.5:6200")
        .contains("sdä");
    assertThat(ring("show", builderFile)).isZero();
    assertThat(out()).contains("builder");
  }

  @Test
  void showsJson() {
    ring("prepare", builderFile);

    assertThat(ring("show", "--json", ringFile)).isZero();
    assertThat(out())
        .startsWith("{")
        .endsWith("}\n")
        .hasLineCount(1)
        .contains("\"part_power\": 4")
        .contains("\"next_part_power\": 5");
  }

  @Test
  void doesNotPassACutReportForTheWhole() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };

    assertThat(ring(full, "show", ringFile)).isEqualTo(1);
    assertThat(err()).isEqualTo("ringlift: The report can't be written.\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "prepare",
        "show",
        "prepare a.builder b.builder",
        "prepare --json object.builder",
        "show --format-version 2 object.builder",
        "prepare --format-version one object.builder",
        "grow object.builder"
      })
  void endsWith2AndASentenceForAWrongCommandLine(String words) {
    String[] split = words.split(" ", 2);
    Object[] arguments = split.length == 1 ? new Object[0] : split[1].split(" ");

    assertThat(ring(split[0], arguments)).isEqualTo(2);
    assertThat(err().lines().findFirst().orElseThrow())
        .matches("(Missing|Unmatched|Unknown|Invalid) .*");
  }

  @Test
  void refusesAFormatThatThereIsNot() {
    assertThat(ring("prepare", "--format-version", 3, builderFile)).isEqualTo(2);
    assertThat(err()).isEqualTo("ringlift: Ring format version 3 is not known; 1 and 2 are.\n");
  }

  @Test
  void eachCommandHasHelp() {
    CommandLine line = new CommandLine(new RingCommand());
    assertThat(line.getSubcommands().values())
        .hasSize(7)
        .allSatisfy(
            command ->
                assertThat(command.getUsageMessage())
                    .containsAnyOf("FILE", "--config-map=NAME")
                    .contains("-h, --help"));
  }

  @Test
  void isACommandOfRinglift() {
    assertThat(RingliftCommand.execute("ring", "prepare", builderFile.toString())).isZero();
    assertThat(ring("show", ringFile)).isZero();
    assertThat(out()).contains("Prepared for an increase from partition power 4 to 5.");
  }
}
