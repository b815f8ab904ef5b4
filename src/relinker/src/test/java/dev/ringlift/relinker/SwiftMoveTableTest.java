package dev.ringlift.relinker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What becomes of one hash dir, by what is at its old and its new place: a table, told to both
 * relinkers. It has every case of old, new and conflicting files of Swift's own {@code
 * test/unit/cli/test_relinker.py}, and more.
 *
 * <p>Each row is a device of its own, so that each has its counters. The hash is in the upper half
 * of the partitions, where relinking hashes the new suffix and so removes what is obsolete there.
 */
@Tag("swift")
class SwiftMoveTableTest {
  private static final int POWER = 4;
  private static final String HASH = DeviceTree.hash("f8", "abc");

  /**
   * Columns: the run; files at the old place; at the new one; what must be left at the old; at the
   * new; then hash dirs, files, linked, removed, errors. The run is the step, or "clobber" or
   * "clobber-cleanup" for one with --clobber-hardlink-collisions. A file is a letter (d .data, m
   * .meta, t .ts, x an unexpected name) and its time. In a run of an erasure coding policy ("ec-…")
   * it may be a fragment, F durable or f not, with its time and index, or D, the .durable file of
   * old. What is of the other kind of policy is unexpected: d in a run of erasure coding, F and f
   * in one of replication. "&lt;" before it is the place at the power before, "&lt;&lt;" that at
   * the one before it. At the new place, a file is linked to that of the same name at the old one;
   * "!" is an inode of its own, "=&lt;" a link to the file at that place.
   */
  private static final String TABLE =
      """
      relink  | d0             |             | d0             | d0          | 1 1 1 0 0
      relink  | d0 m1          |             | d0 m1          | d0 m1       | 1 2 2 0 0
      relink  | m0             |             | m0             | m0          | 1 1 1 0 0
      relink  | t0             |             | t0             | t0          | 1 1 1 0 0
      relink  | d0 m1 t2       |             | t2             | t2          | 1 1 1 0 0
      relink  | d0 t1 m2       |             | t1 m2          | t1 m2       | 1 2 2 0 0
      relink  | t0 d1 m2       |             | d1 m2          | d1 m2       | 1 2 2 0 0
      relink  | d0 d1 m2       |             | d1 m2          | d1 m2       | 1 2 2 0 0
      relink  | d0 m1          | m1          | d0 m1          | d0 m1       | 1 2 1 0 0
      relink  | d0 m2          | d1!         | d0 m2          | d1! m2      | 1 1 1 0 0
      relink  | d1             | d0!         | d1             | d1          | 1 1 1 0 0
      relink  | d0 m2          | m1!         | d0 m2          | d0 m2       | 1 2 2 0 0
      relink  | d0 m1 t2       | d0          | t2             | t2          | 1 1 1 0 0
      relink  | d1 m2          | t0!         | d1 m2          | d1 m2       | 1 2 2 0 0
      relink  | d0 m1 t2       | t2          | t2             | t2          | 1 1 0 0 0
      relink  | d0 m1          | t2!         | d0 m1          | t2!         | 1 0 0 0 0
      relink  | t0             | d2!         | t0             | d2!         | 1 0 0 0 0
      relink  | t0             | t0!         | t0             | t0!         | 1 1 0 0 0
      relink  | d0             | d0          | d0             | d0          | 1 1 0 0 0
      relink  | d0             | d0!         | d0             | d0!         | 1 1 0 0 1
      relink  | d0 m1          | d0! m1!     | d0 m1          | d0! m1!     | 1 2 0 0 2
      relink  | d0 m1          | d0! m1      | d0 m1          | d0! m1      | 1 2 0 0 1
      relink  | d0 m1          | d0!         | d0 m1          | d0! m1      | 1 2 1 0 1
      relink  | d0 x           |             | d0 x           | d0 x        | 1 2 2 0 0
      relink  | x              |             | x              | x           | 1 1 1 0 0
      relink  | d0 x           | x!          | d0 x           | d0 x!       | 1 2 1 0 1
      relink  | t0 x           | t0 x        | t0 x           | t0 x        | 1 2 0 0 0
      relink  |                |             |                |             | 1 0 0 0 0
      relink  |                | d0!         |                | d0!         | 1 0 0 0 0
      relink  | d0             | m1!         | d0             | d0 m1!      | 1 1 1 0 0
      relink  | t0 t1          |             | t1             | t1          | 1 1 1 0 0
      relink  | m0 m1          |             | m1             | m1          | 1 1 1 0 0
      relink  | t0 <t0         | t0          | t0 <t0         | t0          | 2 2 0 0 0
      relink  | t0 <t0         | t0=<        | t0 <t0         | t0=<        | 2 2 0 0 0
      relink  | t0 <<t0        | t0=<<       | t0 <<t0        | t0=<<       | 2 2 0 0 0
      relink  | t0 <t0 <<t0    | t0=<        | t0 <t0 <<t0    | t0=<        | 3 3 0 0 0
      clobber | d0             | d0!         | d0             | d0          | 1 1 1 0 0
      clobber | d0             | d0          | d0             | d0          | 1 1 0 0 0
      clobber | t0             | t0!         | t0             | t0!         | 1 1 0 0 0
      cleanup | d0 m1          | d0 m1       |                | d0 m1       | 1 2 0 2 0
      cleanup | d0             |             |                | d0          | 1 1 1 1 0
      cleanup | d0 m1          |             |                | d0 m1       | 1 2 2 2 0
      cleanup | m0             |             |                | m0          | 1 1 1 1 0
      cleanup | t0             |             |                | t0          | 1 1 1 1 0
      cleanup | d0 m1 t2       |             |                | t2          | 1 1 1 1 0
      cleanup | d0 t1 m2       |             |                | t1 m2       | 1 2 2 2 0
      cleanup | t0 d1 m2       |             |                | d1 m2       | 1 2 2 2 0
      cleanup | d0 d1 m2       |             |                | d1 m2       | 1 2 2 2 0
      cleanup | d0 m1          | m1          |                | d0 m1       | 1 2 1 2 0
      cleanup | d0 m2          | d1!         |                | d1! m2      | 1 1 1 2 0
      cleanup | d0 m2          | m1!         |                | d0 m2       | 1 2 2 2 0
      cleanup | d0 m1 t2       | d0          |                | t2          | 1 1 1 1 0
      cleanup | d1 m2          | t0!         |                | d1 m2       | 1 2 2 2 0
      cleanup | d0 m1 t2       | t2          |                | t2          | 1 1 0 1 0
      cleanup | d0 m1          | t2!         |                | t2!         | 1 0 0 2 0
      cleanup | t0             | d2!         |                | d2!         | 1 0 0 1 0
      cleanup | d0             | d0!         | d0             | d0!         | 1 1 0 0 1
      cleanup | d0             | d1!         |                | d1!         | 1 0 0 1 0
      cleanup | d1             | d0!         |                | d1          | 1 1 1 1 0
      cleanup | t0             | t0!         |                | t0!         | 1 1 0 1 0
      cleanup | d0 m1          | d0! m1!     | d0 m1          | d0! m1!     | 1 2 0 0 2
      cleanup | d0 m1          | d0! m1      | d0 m1          | d0! m1      | 1 2 0 0 1
      cleanup | d0 m1          | d0!         | d0 m1          | d0! m1      | 1 2 1 0 1
      cleanup | d0             | d0! m1!     | d0             | d0! m1!     | 1 1 0 0 1
      cleanup | d0             | m1!         |                | d0 m1!      | 1 1 1 1 0
      cleanup | d0 x           |             |                | d0 x        | 1 2 2 2 0
      cleanup | x              |             |                | x           | 1 1 1 1 0
      cleanup | d0 x           | d0 x!       | d0 x           | d0 x!       | 1 2 0 0 1
      cleanup |                | d0!         |                | d0!         | 1 0 0 0 0
      cleanup |                |             |                |             | 1 0 0 0 0
      cleanup | t0 <t0         | t0          |                | t0          | 2 2 0 2 0
      cleanup | t0 <t0         | t0=<        |                | t0=<        | 2 2 0 2 0
      cleanup | t0 <<t0        | t0=<<       |                | t0=<<       | 2 2 0 2 0
      cleanup | t0 <t0 <<t0    | t0=<        |                | t0=<        | 3 3 0 3 0
      relink  | F00            |             | F00            | F00         | 1 1 1 0 0
      relink  | F00 f10        |             | F00 f10        | F00 f10     | 1 2 2 0 0
      relink  | f00 d1         |             | f00 d1         | f00 d1      | 1 2 2 0 0
      relink  | F00 t1         |             | F00 t1         | F00 t1      | 1 2 2 0 0
      relink  | F00            | F00!        | F00            | F00!        | 1 1 0 0 1
      relink  | D0             |             | D0             | D0          | 1 1 1 0 0
      relink  | D0 d1          |             | d1             | d1          | 1 1 1 0 0
      relink  | d0 D1          |             | d0 D1          | d0 D1       | 1 2 2 0 0
      cleanup | F00            | F00         |                | F00         | 1 1 0 1 0
      cleanup | F00 d1         |             |                | F00 d1      | 1 2 2 2 0
      clobber-cleanup | d0     | d0!         |                | d0!         | 1 1 0 1 0
      clobber-cleanup | d0 m1  | d0! m1      |                | d0! m1      | 1 2 0 2 0
      clobber-cleanup | d0     |             |                | d0          | 1 1 1 1 0
      """;

  private record Row(
      String run, String old, String now, String oldAfter, String nowAfter, String counters) {
    static Row of(String line) {
      String[] cells = line.split("\\|", -1);
      return new Row(
          cells[0].strip(),
          cells[1].strip(),
          cells[2].strip(),
          cells[3].strip(),
          cells[4].strip(),
          cells[5].strip());
    }

    Step step() {
      return run.endsWith("cleanup") ? Step.CLEANUP : Step.RELINK;
    }

    String policies() {
      return run.startsWith("ec-") ? "e" : "r";
    }

    boolean clobber() {
      return run.startsWith("clobber");
    }
  }

  /** What one of the tools made of a row. */
  private record Left(NavigableSet<String> old, NavigableSet<String> now, String counters) {}

  private static final List<Row> ROWS =
      Stream.concat(TABLE.lines(), fragments().lines()).map(Row::of).toList();
  private static boolean clobbers;
  private static final Map<Row, Left> OURS = new HashMap<>();
  private static final Map<Row, Left> SWIFTS = new HashMap<>();

  /** The rows of erasure coding. */
  private static String fragments() {
    try (var in = SwiftMoveTableTest.class.getResourceAsStream("fragments.table")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Row> rows() {
    return ROWS;
  }

  @ParameterizedTest
  @MethodSource("rows")
  void bothLeaveWhatTheTableSays(Row row) {
    assumeTrue(!row.clobber() || clobbers, "this Swift has no --clobber-hardlink-collisions");
    Left expected = new Left(names(row.oldAfter()), names(row.nowAfter()), row.counters());

    assertThat(SWIFTS.get(row)).as("Swift").isEqualTo(expected);
    assertThat(OURS.get(row)).as("Ringlift").isEqualTo(expected);
  }

  @BeforeAll
  static void runAllRows(@TempDir Path directory) throws Exception {
    try (SwiftPython python = new SwiftPython(directory.resolve("python"))) {
      clobbers = python.clobbers();
      Map<String, SwiftTree> swift = new HashMap<>();
      for (String policies : List.of("r", "e")) {
        swift.put(
            policies, new SwiftTree(python, directory.resolve("swift-" + policies), policies));
      }
      for (String run :
          List.of("relink", "clobber", "cleanup", "clobber-cleanup", "ec-relink", "ec-cleanup")) {
        Map<String, Row> rows = new TreeMap<>();
        for (Row row : ROWS) {
          if (row.run().equals(run) && (clobbers || !row.clobber())) {
            rows.put("d%02d".formatted(rows.size()), row);
          }
        }
        if (rows.isEmpty()) {
          continue;
        }
        String policies = rows.values().iterator().next().policies();
        run(Objects.requireNonNull(swift.get(policies)), directory.resolve(run), rows);
      }
    }
  }

  /** All rows of one run, by both: each the device of that name. */
  private static void run(SwiftTree swift, Path directory, Map<String, Row> rows) throws Exception {
    Row any = rows.values().iterator().next();
    Step step = any.step();
    int power = step == Step.RELINK ? POWER : POWER + 1;
    swift.rings(POWER, step == Step.RELINK ? "prepared" : "increased");
    Path ours = directory.resolve("ours");
    Path theirs = directory.resolve("theirs");
    Map<String, Map<String, Object>> inodes = new HashMap<>();
    for (Path root : List.of(ours, theirs)) {
      for (Map.Entry<String, Row> each : rows.entrySet()) {
        Path device = root.resolve(each.getKey());
        lay(device, each.getValue());
        inodes.put(device.toString(), inodes(device));
      }
    }
    List<String> options = new ArrayList<>(List.of("--workers", "1"));
    if (any.clobber()) {
      options.add("--clobber-hardlink-collisions");
    }
    Path recon = directory.resolve("recon");
    int exit = swift.relinker(SwiftTree.NEVER, step.swiftName(), theirs, recon, options);
    JsonNode devices = SwiftTree.recon(recon).path("devices");
    RelinkRequest request =
        RelinkRequest.builder(ours, swift.policies().getFirst(), step, power, POWER + 1)
            .mountCheck(false)
            .refuseStale(false)
            .clobberHardlinkCollisions(any.clobber())
            .build();
    Map<String, Counters> counters = new HashMap<>();
    boolean succeeded;
    try (RelinkRun run = Relinker.create().start(request, new LiveSettings(), Guard.NONE)) {
      succeeded = run.await().values().stream().allMatch(DeviceResult::succeeded);
      run.progress().forEach(each -> counters.put(each.device(), each.counters()));
    }
    assertThat(succeeded ? 0 : 1).as("exit code of " + any.run()).isEqualTo(exit);
    assertThat(swift.wrongHashes(ours)).as("hash left | true hash").isEmpty();
    for (Map.Entry<String, Row> each : rows.entrySet()) {
      Path our = ours.resolve(each.getKey());
      OURS.put(
          each.getValue(),
          left(
              our,
              inodes.getOrDefault(our.toString(), Map.of()),
              text(counters.getOrDefault(each.getKey(), Counters.ZERO))));
      Path their = theirs.resolve(each.getKey());
      JsonNode stats = devices.path(each.getKey()).path("stats");
      SWIFTS.put(
          each.getValue(),
          left(their, inodes.getOrDefault(their.toString(), Map.of()), text(stats)));
    }
  }

  /** Makes the files of a row. */
  private static void lay(Path device, Row row) throws IOException {
    Files.createDirectories(place(device, ""));
    for (String file : names(row.old())) {
      String where = file.substring(0, file.lastIndexOf('<') + 1);
      Path path = place(device, where).resolve(fileName(file.substring(where.length())));
      Files.createDirectories(path.getParent());
      Files.writeString(path, file);
    }
    for (String file : names(row.now())) {
      String name = fileName(file);
      Path path = place(device, ">").resolve(name);
      Files.createDirectories(path.getParent());
      if (file.endsWith("!")) {
        Files.writeString(path, file);
      } else {
        String where = file.contains("=") ? file.substring(file.indexOf('=') + 1) : "";
        Files.createLink(path, place(device, where).resolve(name));
      }
    }
  }

  /** The hash dir at the old place, at an older one, or (">") at the new one. */
  private static Path place(Path device, String where) {
    int power = where.equals(">") ? POWER + 1 : POWER - where.length();
    return device.resolve(
        "objects/" + DeviceTree.partition(HASH, power) + "/" + HASH.substring(29) + "/" + HASH);
  }

  private static String fileName(String file) {
    String seconds = file.length() > 1 ? file.substring(1, 2) : "";
    return switch (file.charAt(0)) {
      case 'd' -> "170000000" + seconds + ".00000.data";
      case 'm' -> "170000000" + seconds + ".00000.meta";
      case 't' -> "170000000" + seconds + ".00000.ts";
      case 'f' -> "170000000" + seconds + ".00000#" + file.charAt(2) + ".data";
      case 'F' -> "170000000" + seconds + ".00000#" + file.charAt(2) + "#d.data";
      case 'D' -> "170000000" + seconds + ".00000.durable";
      default -> "unexpected";
    };
  }

  /** Every file of the row by the inode that it has, in the row's words. */
  private static Map<String, Object> inodes(Path device) throws IOException {
    Map<String, Object> inodes = new HashMap<>();
    for (String where : List.of("", "<", "<<")) {
      for (String name : files(place(device, where))) {
        Path file = place(device, where).resolve(fileName(name));
        inodes.put(where + name, Files.getAttribute(file, "unix:ino"));
      }
    }
    return inodes;
  }

  private static Left left(Path device, Map<String, Object> inodes, String counters)
      throws IOException {
    NavigableSet<String> old = new TreeSet<>();
    for (String where : List.of("", "<", "<<")) {
      files(place(device, where)).forEach(name -> old.add(where + name));
    }
    NavigableSet<String> now = new TreeSet<>();
    for (String name : files(place(device, ">"))) {
      Object inode = Files.getAttribute(place(device, ">").resolve(fileName(name)), "unix:ino");
      String link = "!";
      for (String where : List.of("<<", "<", "")) {
        if (inode.equals(inodes.get(where + name))) {
          link = where.isEmpty() ? "" : "=" + where;
        }
      }
      now.add(name + link);
    }
    return new Left(old, now, counters);
  }

  private static NavigableSet<String> files(Path hashDir) throws IOException {
    NavigableSet<String> names = new TreeSet<>();
    if (Files.isDirectory(hashDir)) {
      try (Stream<Path> list = Files.list(hashDir)) {
        list.map(path -> path.getFileName().toString())
            .map(SwiftMoveTableTest::inWords)
            .forEach(names::add);
      }
    }
    return names;
  }

  /** The opposite of {@link #fileName}. */
  private static String inWords(String name) {
    if (name.equals("unexpected")) {
      return "x";
    }
    String seconds = name.substring(9, 10);
    if (name.contains("#")) {
      return (name.contains("#d.") ? "F" : "f") + seconds + name.charAt(name.indexOf('#') + 1);
    }
    return name.endsWith(".durable") ? "D" + seconds : name.charAt(17) + seconds;
  }

  private static NavigableSet<String> names(String cell) {
    return new TreeSet<>(cell.isEmpty() ? List.of() : List.of(cell.split(" +")));
  }

  private static String text(Counters counters) {
    return "%d %d %d %d %d"
        .formatted(
            counters.hashDirs(),
            counters.files(),
            counters.linked(),
            counters.removed(),
            counters.errors());
  }

  private static String text(JsonNode stats) {
    return text(
        new Counters(
            stats.path("hash_dirs").asLong(),
            stats.path("files").asLong(),
            stats.path("linked").asLong(),
            stats.path("removed").asLong(),
            stats.path("errors").asLong()));
  }
}
