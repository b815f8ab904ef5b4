package dev.ringlift.ring;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** A tar of rings is changed in just what is to be changed. */
class RingArchiveTest {
  private static final byte[] NOTHING = new byte[0];
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static byte[] inflated(RingArchive archive) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(archive.toBytes()))) {
      return in.readAllBytes();
    }
  }

  @Test
  void whatIsNotChangedStaysByteForByte() throws Exception {
    Tars tar =
        new Tars()
            .add('5', "backups/", NOTHING)
            .file("account.builder", "account")
            .records("mtime=1.5", "uid=1000680000")
            .file("object.builder", "old")
            .add('L', "././@LongLink", bytes("backups/" + "n".repeat(150) + "\0"))
            .file("backups/nnn", "long")
            .file("./object.ring.gz", "x".repeat(600));
    RingArchive archive = RingArchive.read(tar.gzipped());

    assertThat(inflated(archive)).isEqualTo(tar.ended());
    assertThat(archive.names())
        .containsExactly(
            "backups",
            "account.builder",
            "object.builder",
            "backups/" + "n".repeat(150),
            "object.ring.gz");
    assertThat(archive.content("object.ring.gz")).contains(bytes("x".repeat(600)));
    assertThat(archive.content("object-1.builder")).isEmpty();
    assertThat(archive.content("backups")).isEmpty();
  }

  @Test
  void aFileIsReplacedUnderItsOwnHeaders() throws Exception {
    byte[] header = Tars.changed(Tars.header('0', "object.builder", 3), 100, "0000600\0");
    Tars before = new Tars().records("mtime=1.5").add(header, bytes("old")).file("b", "other");
    byte[] longer = bytes("new".repeat(300));
    byte[] sized = Tars.changed(header, 124, "%011o\0".formatted(longer.length));
    Tars after = new Tars().records("mtime=1.5").add(sized, longer).file("b", "other");

    RingArchive archive = RingArchive.read(before.gzipped()).with("object.builder", longer);

    assertThat(inflated(archive)).isEqualTo(after.ended());
    assertThat(archive.content("object.builder")).contains(longer);
  }

  @Test
  void aBackupIsACopyAtTheEndAndNeverReplacesAnother() throws Exception {
    Tars before = new Tars().file("object.builder", "old");

    RingArchive archive =
        RingArchive.read(before.gzipped())
            .withBackup("object.builder", NOW)
            .with("object.builder", bytes("new"))
            .withBackup("object.builder", NOW);

    assertThat(inflated(archive))
        .isEqualTo(
            new Tars()
                .file("object.builder", "new")
                .file("backups/1800000000.object.builder", "old")
                .file("backups/1800000001.object.builder", "new")
                .ended());
  }

  @Test
  void theOldestBackupGoesFirstAndNothingElseEver() throws Exception {
    Tars tar =
        new Tars()
            .file("object.builder", "")
            .add('5', "backups/", NOTHING)
            .file("backups/10.object.builder", "")
            .file("backups/9.account.builder", "")
            .file("backups/keep.me", "")
            .file("backups/11/12.object.builder", "");
    RingArchive archive = RingArchive.read(tar.gzipped());

    RingArchive first = archive.withoutOldestBackups(1);
    RingArchive second = archive.withoutOldestBackups(7);

    assertThat(first.names())
        .doesNotContain("backups/9.account.builder")
        .contains("backups/10.object.builder");
    assertThat(second.names())
        .containsExactly(
            "object.builder", "backups", "backups/keep.me", "backups/11/12.object.builder");
    assertThat(archive.backups()).isEqualTo(2);
    assertThat(second.backups()).isZero();
  }

  @Test
  void whatIsNotThereIsNotReplaced() throws Exception {
    RingArchive archive = RingArchive.read(new Tars().file("object.builder", "").gzipped());

    assertThatThrownBy(() -> archive.with("object.ring.gz", NOTHING))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("There is no file object.ring.gz in it.");
  }

  @Test
  void theSameMembersAreTheSameBytes() throws Exception {
    byte[] file = new Tars().file("object.builder", "x").gzipped();

    assertThat(RingArchive.read(file).toBytes())
        .isEqualTo(RingArchive.read(Arrays.copyOf(file, file.length)).toBytes());
  }
}
