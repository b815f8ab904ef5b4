package dev.ringlift.ring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.ring.RingInstaller.Installed;
import dev.ringlift.ring.RingInstaller.Kept;
import dev.ringlift.ring.RingInstaller.Outcome;
import dev.ringlift.ring.RingInstaller.Outdated;
import dev.ringlift.ring.RingInstaller.Unchanged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RingInstallerTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final RingFileName NAME = new RingFileName(1, RingFileName.Kind.RING);

  @TempDir private Path directory;
  private final RingInstaller installer = new RingInstaller(InstantSource.fixed(NOW));
  private final RingBuilder builder = Clusters.builder(4, 3, 6);

  private Path file() {
    return directory.resolve("object-1.ring.gz");
  }

  private byte[] ring() {
    return builder.toRing(1).toBytes();
  }

  private byte[] after(Transition... transitions) throws TransitionRefusedException {
    RingBuilder next = builder;
    for (Transition transition : transitions) {
      next = next.after(transition, NOW);
    }
    return next.toRing(1).toBytes();
  }

  private Outcome install(byte[] content) {
    return installer.install(directory, NAME, content, false);
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void installsWhereThereIsNoFile() throws IOException {
    assertThat(install(ring())).isEqualTo(new Installed());

    assertThat(file()).hasBinaryContent(ring());
    assertThat(mode(file())).isEqualTo("rw-r--r--");
  }

  @Test
  void installsANewerRingAndKeepsTheMode() throws Exception {
    Files.write(file(), ring());
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r-----"));

    assertThat(install(after(Transition.PREPARE))).isEqualTo(new Installed());

    assertThat(file()).hasBinaryContent(after(Transition.PREPARE));
    assertThat(mode(file())).isEqualTo("rw-r-----");
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).containsExactly(file());
    }
  }

  @Test
  void leavesAFileAloneThatHoldsTheSame() throws Exception {
    Files.write(file(), ring());
    Object inode = Files.getAttribute(file(), "unix:ino");

    assertThat(install(ring())).isEqualTo(new Unchanged());

    assertThat(Files.getAttribute(file(), "unix:ino")).isEqualTo(inode);
  }

  @Test
  void installsAnotherRingOfTheSameVersion() throws Exception {
    Files.write(file(), ring());

    assertThat(install(builder.toRing(2).toBytes())).isEqualTo(new Installed());
  }

  @Test
  void keepsANewerRingUnlessJustThisOneIsMeant() throws Exception {
    byte[] newer = after(Transition.PREPARE);
    Files.write(file(), newer);

    assertThat(install(ring()))
        .isEqualTo(
            new Outdated(
                "The ring that is there is newer: version 8, and that to be installed is version"
                    + " 7."));
    assertThat(file()).hasBinaryContent(newer);

    assertThat(installer.install(directory, NAME, ring(), true)).isEqualTo(new Installed());
    assertThat(file()).hasBinaryContent(ring());
  }

  @Test
  void neverLowersThePartitionPowerByItself() throws Exception {
    byte[] increased = after(Transition.PREPARE, Transition.INCREASE, Transition.FINISH);
    Files.write(file(), increased);
    // A builder put back from before the increase, and changed often since.
    byte[] reborn =
        after(
            Transition.PREPARE,
            Transition.CANCEL,
            Transition.FINISH,
            Transition.PREPARE,
            Transition.CANCEL);

    assertThat(install(reborn))
        .isInstanceOfSatisfying(
            Outdated.class,
            kept -> assertThat(kept.problem()).contains("has partition power 5").endsWith("."));
    assertThat(file()).hasBinaryContent(increased);
  }

  @Test
  void replacesWhatIsNoRing() throws Exception {
    Files.write(file(), java.util.Arrays.copyOf(ring(), 100));

    assertThat(install(ring())).isEqualTo(new Installed());
    assertThat(file()).hasBinaryContent(ring());
  }

  @Test
  void installsNothingThatIsNoRing() throws Exception {
    Files.write(file(), ring());

    assertThat(install("no ring".getBytes(UTF_8)))
        .isEqualTo(
            new Kept(
                "What is to be installed is no ring that could be used. It is not a ring: it is not"
                    + " compressed by gzip."));
    assertThat(file()).hasBinaryContent(ring());
  }

  @Test
  void followsNoSymbolicLink() throws Exception {
    Path elsewhere = directory.resolve("elsewhere");
    Files.createSymbolicLink(file(), elsewhere);

    assertThat(install(ring()))
        .isInstanceOfSatisfying(
            Kept.class, kept -> assertThat(kept.problem()).contains("is a symbolic link"));
    assertThat(elsewhere).doesNotExist();
    assertThat(file()).isSymbolicLink();
  }

  @Test
  void replacesNoDirectory() throws Exception {
    Files.createDirectory(file());

    assertThat(install(ring())).isEqualTo(new Kept(file() + " is no file that could be a ring."));
  }

  @Test
  void saysThatThereIsNoDirectory() {
    Path missing = directory.resolve("missing");

    assertThat(installer.install(missing, NAME, ring(), false))
        .isEqualTo(
            new Kept(
                "%s can't be replaced: there is no %s."
                    .formatted(missing.resolve("object-1.ring.gz"), missing)));
  }

  @Test
  void sweepsUpAfterAnInstallationThatDiedLongAgo() throws Exception {
    Path abandoned = Files.createFile(directory.resolve(".object-1.ring.gz.17.4711.tmp"));
    Path young = Files.createFile(directory.resolve(".object-1.ring.gz.18.4712.tmp"));
    Path foreign = Files.createFile(directory.resolve(".account.ring.gz.17.4711.tmp"));
    Files.setLastModifiedTime(abandoned, FileTime.from(NOW.minusSeconds(3601)));
    Files.setLastModifiedTime(foreign, FileTime.from(NOW.minusSeconds(3601)));
    Files.setLastModifiedTime(young, FileTime.from(NOW.minusSeconds(3599)));

    install(ring());

    assertThat(abandoned).doesNotExist();
    assertThat(young).exists();
    assertThat(foreign).exists();
  }
}
