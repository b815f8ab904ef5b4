package dev.ringlift.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Both relinkers with the same arguments on the same tree: a table of their exit codes. What they
 * tell recon of their end must be equal too.
 */
@Tag("swift")
class ExitCodesTest {
  private static final String HASH = "f8000000000000000000000000000abc";
  private static final String FILE = "1700000000.00000.data";

  /**
   * Columns: the stages of the two rings; what is on the devices; the arguments; Swift's exit code;
   * Ringlift's where it is another on purpose (docs/relinker.md says why).
   *
   * <p>DEVICES, RINGS and CONF stand for paths. After CONF, in brackets, come lines of that file.
   */
  private static final String TABLE =
      """
      prepared plain     | object    | relink CONF                                      | 0 |
      prepared plain     | object    | relink CONF --workers 0                          | 0 |
      prepared plain     | object    | relink CONF --workers auto                       | 0 |
      prepared prepared  | object    | relink CONF                                      | 0 |
      plain prepared     | object    | relink CONF                                      | 0 |
      plain prepared     | object    | relink CONF --policy gold                        | 2 |
      plain prepared     | object    | relink CONF --policy silver                      | 0 |
      plain plain        | object    | relink CONF                                      | 2 |
      prepared plain     | object    | cleanup CONF                                     | 2 |
      increased plain    | object    | relink CONF                                      | 2 |
      increased plain    | object    | cleanup CONF                                     | 0 |
      cancelled plain    | object    | cleanup CONF                                     | 0 |
      cancelled plain    | object    | relink CONF                                      | 2 |
      prepared missing   | object    | relink CONF                                      | 1 |
      prepared missing   | object    | relink CONF --policy gold                        | 0 |
      prepared broken    | object    | relink CONF                                      | 1 |
      prepared plain     | object    | relink CONF --policy copper                      | 2 |
      prepared plain     | collision | relink CONF                                      | 1 |
      increased plain    | collision | cleanup CONF                                     | 1 |
      prepared plain     | collision | relink CONF --clobber-hardlink-collisions        | 0 |
      increased plain    | collision | cleanup CONF --clobber-hardlink-collisions       | 0 |
      prepared plain     | collision | relink CONF{clobber_hardlink_collisions=yes}     | 0 |
      prepared plain     | collision | relink CONF -p 3                                 | 0 |
      prepared plain     | collision | relink CONF -p 15                                | 1 |
      prepared plain     | object    | relink CONF --partition 15 -p 3                  | 0 |
      prepared plain     | object    | relink CONF -p -1                                | 2 |
      prepared plain     | object    | relink CONF --device d1                          | 0 |
      prepared plain     | object    | relink CONF --device d9                          | 0 | 1
      prepared plain     | nothing   | relink CONF                                      | 0 |
      prepared plain     | absent    | relink CONF                                      | 1 |
      prepared plain     | file      | relink CONF                                      | 1 | 0
      prepared plain     | data file | relink CONF                                      | 1 |
      prepared plain     | empty     | relink CONF                                      | 0 |
      prepared plain     | object    | relink CONF{mount_check=true}                    | 1 |
      prepared plain     | object    | relink CONF{mount_check=true} --skip-mount-check | 0 |
      prepared plain     | object    | relink CONF{mount_check=maybe}                   | 0 |
      prepared plain     | object    | relink CONF{colour=red,log_level=ERROR}          | 0 |
      prepared plain     | object    | relink CONF{files_per_second=100}                | 0 |
      prepared plain     | object    | relink CONF{files_per_second=fast}               | 1 |
      prepared plain     | object    | relink CONF{workers=many}                        | 1 |
      prepared plain     | object    | relink CONF{workers=-1}                          | 0 | 1
      prepared plain     | object    | relink CONF{stats_interval=often}                | 1 |
      prepared plain     | object    | relink CONF --user nobody-of-that-name           | 1 |
      prepared plain     | object    | relink CONF --files-per-second fast              | 2 |
      prepared plain     | object    | relink CONF --files-per-second -1                | 2 |
      prepared plain     | object    | relink CONF --stats-interval often               | 2 |
      prepared plain     | object    | relink CONF --workers many                       | 2 |
      prepared plain     | object    | relink CONF --colour                             | 2 |
      prepared plain     | object    | relink CONF CONF                                 | 2 |
      prepared plain     | object    | relink /nowhere/relinker.conf                    | 1 |
      prepared plain     | object    | link CONF                                        | 2 |
      prepared plain     | object    | relink --debug                                   | 0 |
      prepared plain     | object    | --help                                           | 0 |
      """;

  private record Row(String rings, String devices, String arguments, int swift, int ringlift) {
    static Row of(String line) {
      String[] cells = line.split("\\|", -1);
      int swift = Integer.parseInt(cells[3].strip());
      return new Row(
          cells[0].strip(),
          cells[1].strip(),
          cells[2].strip(),
          swift,
          cells[4].isBlank() ? swift : Integer.parseInt(cells[4].strip()));
    }
  }

  private static Path directory;
  private static BothRelinkers both;
  private static int rows;

  @BeforeAll
  static void start(@TempDir Path scratch) {
    directory = scratch;
    both = new BothRelinkers(scratch);
  }

  @AfterAll
  static void stop() {
    both.close();
  }

  static List<Row> rows() {
    return TABLE.lines().map(Row::of).toList();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void bothEndAsTheTableSays(Row row) throws IOException {
    Path place = directory.resolve("row-" + rows++);
    Path ours = lay(place.resolve("ours"), row.devices());
    Path theirs = lay(place.resolve("theirs"), row.devices());

    int swift = both.swift(arguments(row, theirs));
    int ringlift = both.ringlift(arguments(row, ours));

    assertThat(swift).as("Swift").isEqualTo(row.swift());
    assertThat(ringlift).as("Ringlift").isEqualTo(row.ringlift());
    if (row.swift() == row.ringlift()) {
      assertThat(worker(ours)).as("what recon is told").isEqualTo(worker(theirs));
    }
  }

  /** The devices root of one tool, with its configuration beside it. */
  private static Path lay(Path place, String kind) throws IOException {
    Path root = place.resolve("node");
    Path device = root.resolve("d1");
    Files.createDirectories(place);
    switch (kind) {
      case "absent" -> {}
      case "nothing" -> Files.createDirectories(root);
      case "empty" -> Files.createDirectories(device);
      case "file" -> Files.writeString(Files.createDirectories(root).resolve("d1"), "");
      case "data file" -> Files.writeString(Files.createDirectories(device).resolve("objects"), "");
      default -> {
        BothRelinkers.write(device, HASH, BothRelinkers.POWER, FILE);
        if (kind.equals("collision")) {
          BothRelinkers.write(device, HASH, BothRelinkers.POWER + 1, FILE);
        }
      }
    }
    return place;
  }

  private static List<String> arguments(Row row, Path place) throws IOException {
    List<String> words = new ArrayList<>();
    for (String word : row.arguments().split(" +", -1)) {
      if (word.startsWith("CONF")) {
        String lines = word.length() == 4 ? "" : word.substring(5, word.length() - 1);
        List<String> all = new ArrayList<>(Arrays.asList(lines.split(",", -1)));
        if (!lines.contains("mount_check")) {
          all.add("mount_check = false");
        }
        words.add(BothRelinkers.conf(place, all.toArray(String[]::new)).toString());
      } else {
        words.add(word);
      }
    }
    if (words.size() > 1) {
      words.addAll(
          List.of(
              "--swift-dir",
              both.rings(row.rings().split(" ", -1)).toString(),
              "--devices",
              place.resolve("node").toString()));
    }
    if (words.contains("--debug")) {
      words.add("--skip-mount-check");
    }
    return words;
  }

  /** How the only worker ended, as recon has it; or that recon was told nothing. */
  private static JsonNode worker(Path place) throws IOException {
    if (!Files.exists(place.resolve("relinker.recon"))) {
      return new TextNode("no recon file");
    }
    JsonNode workers = BothRelinkers.recon(place).path("workers");
    assertThat(workers.size()).as("workers").isLessThan(2);
    for (JsonNode worker : workers) {
      return ((ObjectNode) worker).without("timestamp");
    }
    return new TextNode("no worker");
  }
}
