package dev.ringlift.ring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.testkit.process.Command;
import dev.ringlift.testkit.swift.RealSwift;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Archives that GNU tar and Python make of a folder of swift-ring-builder's are changed, and judged
 * by both and by swift-ring-builder.
 */
@Tag("swift")
class ArchiveAgainstTarTest {
  /** What swift-operator's tool packs, in GNU's own format and in others that tar knows. */
  private static final String PACK =
      "tar --format=$FORMAT -cz *.builder *.ring.gz backups/*.builder";

  private static final String PYTHON_PACK =
      """
      import glob, io, sys, tarfile
      out = io.BytesIO()
      with tarfile.open(fileobj=out, mode='w:gz') as tar:
          for pattern in ('*.builder', '*.ring.gz', 'backups'):
              for name in sorted(glob.glob(pattern)):
                  tar.add('./' + name)
      sys.stdout.buffer.write(out.getvalue())
      """;

  private static final String PYTHON_LIST =
      """
      import hashlib, sys, tarfile
      with tarfile.open(sys.argv[1]) as tar:
          for m in tar:
              text = hashlib.sha256(tar.extractfile(m).read()).hexdigest() if m.isfile() else '-'
              ours = m.name.lstrip('./') == 'object.builder'
              print(m.name, m.type, oct(m.mode), m.uid, m.gid, m.uname, m.gname, m.mtime,
                    sorted(m.pax_headers), 'ours' if ours else text)
      """;

  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

  @TempDir private static Path scratch;
  private static Path folder;
  private static RealSwift swift;

  @BeforeAll
  static void makeRings() throws Exception {
    folder = Files.createDirectories(scratch.resolve("etc"));
    swift = RealSwift.in(Files.createDirectories(scratch.resolve("swift")));
    for (String name : List.of("account", "object")) {
      builder(name + ".builder", "create", "4", "2", "1");
      for (int disk = 0; disk < 4; disk++) {
        String device = "r1z%d-10.0.0.%d:6200/sd%d".formatted(disk, disk, disk);
        builder(name + ".builder", "add", device, "100");
      }
      builder(name + ".builder", "rebalance");
    }
    Files.setLastModifiedTime(
        folder.resolve("object.builder"),
        FileTime.from(Instant.ofEpochSecond(1_700_000_000, 123_000_000)));
    Command.of("chmod", "600", "object.builder").in(folder).run().orThrow();
  }

  private static void builder(String... arguments) {
    swift.command("swift-ring-builder", arguments).in(folder).run().orThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gnu", "posix", "ustar", "v7", "python"})
  void onlyWhatIsOursChanges(String format) throws Exception {
    Path before = scratch.resolve(format + "-before.tar.gz");
    pack(format, before);
    RingArchive archive = RingArchive.read(Files.readAllBytes(before));
    RingBuilder prepared =
        RingBuilder.read(archive.content("object.builder").orElseThrow())
            .after(Transition.PREPARE, NOW);

    Path after = scratch.resolve(format + "-after.tar.gz");
    Files.write(
        after,
        archive
            .withBackup("object.builder", NOW)
            .with("object.builder", prepared.toBytes())
            .toBytes());

    assertThat(pythonListing(after))
        .startsWith(pythonListing(before))
        .containsPattern("backups/1800000000.object.builder b'.+' 0o600 ");
    assertThat(gnuListing(after)).startsWith(gnuListing(before));
    Path old = unpacked(before);
    Path changed = unpacked(after);
    assertThat(differences(old, changed))
        .containsExactlyInAnyOrder(
            "Files object.builder differ", "Only in backups: 1800000000.object.builder");
    assertThat(changed.resolve("backups/1800000000.object.builder"))
        .hasSameBinaryContentAs(old.resolve("object.builder"));
    assertThat(swift.builder(changed.resolve("object.builder")).get("next_part_power").intValue())
        .isEqualTo(5);
    swift
        .command("swift-ring-builder", "object.builder", "increase_partition_power")
        .in(changed)
        .run()
        .orThrow();
  }

  private static void pack(String format, Path target) {
    String command =
        format.equals("python")
            ? "'%s' -c \"$PACK\"".formatted(System.getenv(RealSwift.PYTHON))
            : PACK;
    Command.of("bash", "-c", command + " > '" + target + "'")
        .environment("PACK", PYTHON_PACK)
        .environment("FORMAT", format)
        .in(folder)
        .run()
        .orThrow();
  }

  private static String pythonListing(Path archive) {
    return Command.of(System.getenv(RealSwift.PYTHON), "-c", PYTHON_LIST, archive.toString())
        .run()
        .orThrow()
        .out();
  }

  /** Without the size of the builder, which alone may differ. */
  private static String gnuListing(Path archive) {
    return Command.of("tar", "--full-time", "-tvzf", archive.toString())
        .environment("TZ", "UTC")
        .run()
        .orThrow()
        .out()
        .replaceAll(" +", " ")
        .replaceAll("(?m)\\d+ (\\S+ \\S+ (?:\\./)?object.builder)$", "$1");
  }

  private static Path unpacked(Path archive) throws Exception {
    Path target = Files.createTempDirectory(archive.getParent(), "unpacked");
    Command.Result result =
        Command.of("tar", "-xzf", archive.toString()).in(target).run().orThrow();
    assertThat(result.err()).as("tar has nothing to remark").isEmpty();
    return target;
  }

  private static List<String> differences(Path old, Path changed) {
    return Command.of("diff", "-rq", old.toString(), changed.toString())
        .run()
        .out()
        .replace(old + "/", "")
        .replaceAll(" and \\S+ differ", " differ")
        .replace(changed + "/", "")
        .lines()
        .toList();
  }
}
