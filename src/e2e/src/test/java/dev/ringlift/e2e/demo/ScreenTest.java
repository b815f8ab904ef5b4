package dev.ringlift.e2e.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.Phase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScreenTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, UTF_8);

  @Test
  void aTableShowsEachDeviceOfAFewNodes() {
    List<String> lines = new LiveTable(new Style(false)).draw(view(Phase.Relinking, 3, 50));

    assertThat(lines)
        .anySatisfy(line -> assertThat(line).contains("✔ Preparing ─ ● Relinking ─ ○"));
    assertThat(lines)
        .anySatisfy(
            line -> assertThat(line).contains("50%  600 of 1,200 partitions  1,234/s  ETA 1:05"));
    assertThat(lines).filteredOn(line -> line.contains("50/100")).hasSize(12);
    assertThat(lines)
        .anySatisfy(line -> assertThat(line).contains("d1      ████████████░░░░░░░░░░░░   50%"));
  }

  @Test
  void aTableShowsOneRowForEachOfManyNodes() {
    List<String> lines = new LiveTable(new Style(false)).draw(view(Phase.CleaningUp, 20, 50));

    assertThat(lines).filteredOn(line -> line.contains("200/400")).hasSize(20);
  }

  @Test
  void aLiveScreenRedrawsInPlaceAndNeverWraps() {
    Screen screen = new Screen(out, true, true, 40);
    screen.show(view(Phase.Relinking, 1, 50));
    bytes.reset();
    screen.show(view(Phase.Relinking, 1, 60));
    String frame = bytes.toString(UTF_8);
    screen.restore();

    assertThat(frame).startsWith("\u001b[?25l\u001b[13A");
    assertThat(frame.replaceAll("\u001b\\[[0-9;?]*[a-zA-Z]", "").lines())
        .allSatisfy(line -> assertThat(line.replace("\r", "").length()).isLessThanOrEqualTo(40));
    assertThat(bytes.toString(UTF_8)).endsWith("\u001b[?25h");
  }

  @Test
  void aPlainScreenSaysOnlyWhatIsNew() {
    Screen screen = new Screen(out, false, false, 100);
    screen.show(view(Phase.Relinking, 1, 50));
    screen.show(view(Phase.Relinking, 1, 50));
    screen.show(view(Phase.Relinking, 1, 50));
    screen.show(view(Phase.CleaningUp, 1, 0));

    assertThat(bytes.toString(UTF_8).lines().map(String::strip))
        .containsExactly(
            "1.0 s  Relinking   ring power 10, next 11",
            "1.0 s  Relinking    50%  200 of 400 partitions, 7 linked, 0 removed, 0 errors; storage-1 50%",
            "1.0 s  CleaningUp  ring power 10, next 11");
  }

  private static View view(Phase phase, int nodes, long done) {
    List<View.Device> devices =
        IntStream.rangeClosed(1, 4)
            .mapToObj(i -> new View.Device("d" + i, "Running", done, 100, 7, 0))
            .toList();
    return new View(
        phase,
        "It works.",
        new View.Ring("10, next 11", "0123456789abcdef", nodes, nodes),
        "Relink",
        new View.Totals(nodes * 4L * done, nodes * 400L, 7, 0, 0, 1234),
        Duration.ofSeconds(65),
        IntStream.rangeClosed(1, nodes)
            .mapToObj(i -> new View.Node("storage-" + i, "10, next 11", true, "Running", devices))
            .toList(),
        Map.of(),
        Duration.ofSeconds(1));
  }
}
