package dev.ringlift.ring;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tars that lead elsewhere, mean two things, or are more than there is room for, are refused. */
class HostileArchiveTest {
  private static final byte[] NOTHING = new byte[0];
  private static final int NAME = 0;
  private static final int SIZE = 124;
  private static final int LINK_NAME = 157;
  private static final int PREFIX = 345;

  private static Tars rings() {
    return new Tars().file("object.builder", "builder").file("object.ring.gz", "ring");
  }

  private static byte[] link(char type, String name, String target) {
    return Tars.changed(Tars.header(type, name, 0), LINK_NAME, target);
  }

  private static Arguments of(String lie, Tars tar, String refusal) {
    return Arguments.of(lie, tar.gzipped(), refusal);
  }

  private static byte[] longNames(int count) {
    Tars tar = rings();
    for (int i = 0; i < count; i++) {
      tar.add('L', "././@LongLink", ("a/b/c/d/" + "n".repeat(200) + i).getBytes(ISO_8859_1));
      tar.file("n", "");
    }
    return tar.gzipped();
  }

  private static byte[] members(int count) {
    Tars tar = rings();
    for (int i = 0; i < count; i++) {
      tar.file("backups/" + i + ".object.builder", "");
    }
    return tar.gzipped();
  }

  static Stream<Arguments> lies() {
    byte[] whole = rings().ended();
    byte[] gzipped = rings().gzipped();
    return Stream.of(
        of("parent folder", rings().file("../evil", "x"), "leads out of the folder"),
        of("parent folder within", rings().file("backups/../../x", "x"), "leads out of the folder"),
        of("absolute name", rings().file("/etc/swift/x", "x"), "leads out of the folder"),
        of("no name", rings().file("", "x"), "leads out of the folder"),
        of("absolute folder", rings().add('5', "/etc/", NOTHING), "leads out of the folder"),
        of(
            "long name that leads out",
            rings().add('L', "././@LongLink", "/etc/x\0".getBytes(ISO_8859_1)).file("x", "x"),
            "leads out of the folder"),
        of("record that leads out", rings().records("path=../x").file("x", ""), "leads out"),
        of("control character", rings().file("object\n.builder", ""), "a control character"),
        of("deep name", rings().file("a/b/c/d/e/f", ""), "longer than rings need"),
        of(
            "endless name",
            rings().add('L', "././@LongLink", new byte[60_000]).file("x", ""),
            "leads out of the folder"),
        of(
            "endless name of a/a/a/…",
            rings()
                .add('L', "././@LongLink", "a/".repeat(30_000).getBytes(ISO_8859_1))
                .file("x", ""),
            "longer than rings need"),
        of(
            "huge header",
            rings().add('x', "x", new byte[1 << 17]).file("x", ""),
            "a header of 131072 bytes"),
        of("symbolic link", rings().add(link('2', "backups", "/etc"), NOTHING), "is a link"),
        of("hard link", rings().add(link('1', "x", "object.builder"), NOTHING), "is a link"),
        of(
            "long link",
            rings().add('K', "././@LongLink", "/etc".getBytes(ISO_8859_1)),
            "is a link"),
        of("pipe", rings().add('6', "pipe", NOTHING), "neither a file nor a folder"),
        of("device", rings().add('3', "null", NOTHING), "neither a file nor a folder"),
        of("sparse file", rings().add('S', "sparse", NOTHING), "neither a file nor a folder"),
        of("global header", rings().add('g', "g", NOTHING), "neither a file nor a folder"),
        of("sparse records", rings().records("GNU.sparse.major=1").file("x", ""), "extended"),
        of("size in records", rings().records("size=1").file("x", "12"), "extended header sets"),
        of("link in records", rings().records("linkpath=/etc").file("x", ""), "extended"),
        of("two extended headers", rings().records("a=b").records("a=b").file("x", ""), "two"),
        of(
            "two names",
            rings().add('L', "L", "a".getBytes(ISO_8859_1)).records("path=b").file("c", ""),
            "more than one name"),
        of(
            "damaged record",
            rings().add('x', "x", "99 a=b\n".getBytes(ISO_8859_1)).file("x", ""),
            "damaged"),
        of(
            "endless record",
            rings().add('x', "x", "9999999".getBytes(ISO_8859_1)).file("x", ""),
            "damaged"),
        of(
            "empty record",
            rings().add('x', "x", "2 3 =\n".getBytes(ISO_8859_1)).file("x", ""),
            "damaged"),
        of("builder twice", rings().file("object.builder", "other"), "more than one member"),
        of("the same in other words", rings().file(".//object.builder", ""), "more than one"),
        of("a file below a file", rings().file("object.builder/x", ""), "more than one member"),
        of("a file that is a folder", rings().file("a/b", "").file("a", ""), "more than one"),
        of("folder that is a file", rings().add('5', "object.builder", NOTHING), "more than one"),
        of("folder with content", rings().add('5', "backups/", new byte[9]), "half a folder"),
        of("file named as a folder", rings().add('\0', "backups/", new byte[9]), "half a folder"),
        of(
            "prefix of GNU's",
            rings().add(Tars.changed(Tars.header('0', "x", 0), PREFIX, "a"), NOTHING),
            "has a prefix"),
        of(
            "huge size",
            rings().add(Tars.changed(Tars.header('0', "x", 0), SIZE, "77777777777"), NOTHING),
            "goes on beyond its end"),
        of(
            "binary size",
            rings().add(Tars.changed(Tars.header('0', "x", 0), SIZE, "\u0080\0\0\0"), NOTHING),
            "no number"),
        of(
            "negative size",
            rings().add(Tars.changed(Tars.header('0', "x", 0), SIZE, "-0000000001"), NOTHING),
            "no number"),
        of(
            "no size",
            rings().add(Tars.changed(Tars.header('0', "x", 0), SIZE, "\0".repeat(12)), NOTHING),
            "no number"),
        of(
            "a name that belongs to nothing",
            rings().add('L', "L", "a".getBytes(ISO_8859_1)),
            "belongs to no member"),
        Arguments.of("endless members", members(5_000), "more than 5000 members"),
        Arguments.of("endless names", longNames(5_000), "more than 5000 members"),
        Arguments.of(
            "wrong checksum",
            Tars.gzip(new Tars().add(damaged(), NOTHING).ended()),
            "a wrong checksum"),
        Arguments.of("no end mark", Tars.gzip(rings().unended()), "no end mark"),
        Arguments.of(
            "half an end mark",
            Tars.gzip(Arrays.copyOf(rings().unended(), rings().unended().length + 512)),
            "no end mark"),
        Arguments.of("cut", Tars.gzip(Arrays.copyOf(whole, 700)), "no end mark"),
        Arguments.of("half a block", Tars.gzip(Arrays.copyOf(whole, 2000)), "no end mark"),
        Arguments.of("foreign bytes", Tars.gzip(joined(whole, gzipped)), "no end mark"),
        Arguments.of("a second tar", Tars.gzip(joined(whole, whole)), "goes on after its end mark"),
        Arguments.of("a second gzip", joined(gzipped, gzipped), "foreign bytes"),
        Arguments.of("cut gzip", Arrays.copyOf(gzipped, gzipped.length - 9), "."),
        Arguments.of("zeros", Tars.gzip(new byte[1 << 28]), "inflates to far more"),
        Arguments.of("a ring", Clusters.builder(1, 1, 1).toRing(1).toBytes(), "."),
        Arguments.of("no gzip", whole, "not compressed by gzip"),
        Arguments.of("nothing", NOTHING, "not compressed by gzip"));
  }

  private static byte[] damaged() {
    byte[] header = Tars.header('0', "object.builder", 0);
    header[NAME]++;
    return header;
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lies")
  void isRefused(String lie, byte[] file, String refusal) {
    assertThat(Guarded.read(file, Guarded::useArchive))
        .as(lie)
        .hasValueSatisfying(sentence -> assertThat(sentence).contains(refusal));
  }

  @Test
  void whatIsOnlyLargeIsRead() {
    byte[] large =
        rings().file("account.builder", new byte[16 << 20]).add('5', "backups/", NOTHING).gzipped();

    assertThat(Guarded.read(large, Guarded::useArchive)).isEmpty();
  }
}
