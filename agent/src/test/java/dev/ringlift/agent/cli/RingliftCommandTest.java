package dev.ringlift.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringlift.agent.conf.SwiftPolicies;
import dev.ringlift.agent.conf.UserError;
import dev.ringlift.relinker.Scheduling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command line makes of its options, its configuration, and wrong input. */
class RingliftCommandTest {
  private final Path directory;

  RingliftCommandTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void theCommandLineComesBeforeTheFileAndTheFileBeforeTheDefaults() throws Exception {
    RelinkOptions options = new RelinkOptions();
    options.confFile =
        conf(
            "[DEFAULT]\ndevices = /disks\nmount_check = false\n[object-relinker]\nfiles_per_second = 7\nworkers = 0\nunknown = x\n");
    options.filesPerSecond = "9.5";

    RelinkSettings settings = RelinkSettings.of(options);

    assertThat(settings.walk().devices()).isEqualTo(Path.of("/disks"));
    assertThat(settings.walk().mountCheck()).isFalse();
    assertThat(settings.walk().filesPerSecond()).isEqualTo(9.5);
    assertThat(settings.walk().parallelDevices()).isEqualTo(1);
    assertThat(settings.walk().swiftDir()).isEqualTo(Path.of("/etc/swift"));
    assertThat(settings.reclaim()).isEmpty();
  }

  @Test
  void wrongValuesAreNamed() throws Exception {
    RelinkOptions options = new RelinkOptions();
    options.confFile = conf("[object-relinker]\nstats_interval = soon\n");

    assertThatThrownBy(() -> RelinkSettings.of(options))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("stats_interval")
        .hasMessageContaining("soon");
  }

  @Test
  void prioritiesHaveTheNamesThatSwiftsDaemonsGiveThem() throws Exception {
    RelinkOptions options = new RelinkOptions();
    options.confFile =
        conf(
            "[object-relinker]\nionice_class = IOPRIO_CLASS_BE\nionice_priority = 4\nnice_priority = 5\n");
    assertThat(RelinkSettings.of(options).walk().scheduling())
        .isEqualTo(new Scheduling(Scheduling.IoClass.BEST_EFFORT, 4, 5));

    options.ioniceClass = "idle";
    options.nicePriority = "19";
    assertThat(RelinkSettings.of(options).walk().scheduling())
        .isEqualTo(new Scheduling(Scheduling.IoClass.IDLE, 4, 19));

    options.ioniceClass = "IOPRIO_CLASS_RT";
    assertThatThrownBy(() -> RelinkSettings.of(options))
        .isInstanceOf(UsageError.class)
        .hasMessageContaining("real-time class");
    options.ioniceClass = null;
    options.nicePriority = "-5";
    assertThatThrownBy(() -> RelinkSettings.of(options))
        .isInstanceOf(UsageError.class)
        .hasMessage("nice_priority must be a whole number from 0 to 19, not -5.");
  }

  @Test
  void policiesAreReadAsSwiftReadsThem() throws Exception {
    Files.writeString(
        directory.resolve("swift.conf"),
        """
        [storage-policy:0]
        name = gold
        aliases = yellow, orange
        [storage-policy:2]
        name = ec
        policy_type = erasure_coding
        ec_num_data_fragments = 4
        ec_num_parity_fragments = 2
        """);
    SwiftPolicies policies = SwiftPolicies.read(directory);

    assertThat(policies.find("Orange").policy().index()).isZero();
    assertThat(policies.find("2").policy().fragments()).isEqualTo(6);
    assertThatThrownBy(() -> policies.find("silver"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("0 (gold), 2 (ec)");
  }

  @Test
  void aSwiftConfWithoutPoliciesStandsForPolicy0() throws Exception {
    Files.writeString(directory.resolve("swift.conf"), "[swift-hash]\n");

    assertThat(SwiftPolicies.read(directory).all())
        .extracting(SwiftPolicies.Named::names)
        .containsExactly(List.of("Policy-0"));
  }

  /** What policy 0 is, replication or erasure coding, can't be known then. */
  @Test
  void aMissingSwiftConfIsNamed() {
    assertThatThrownBy(() -> SwiftPolicies.read(directory))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "There is no %s/swift.conf, which tells the storage policies and their types.",
            directory);
    assertThat(
            RingliftCommand.execute(
                "relink", "--swift-dir", directory.toString(), "--devices", directory.toString()))
        .isEqualTo(ExitCode.ERRORS.number());
  }

  @Test
  void aMissingRingIsAnError() throws Exception {
    Files.writeString(directory.resolve("swift.conf"), "[swift-hash]\n");

    assertThat(
            RingliftCommand.execute(
                "relink", "--swift-dir", directory.toString(), "--devices", directory.toString()))
        .isEqualTo(ExitCode.ERRORS.number());
  }

  @Test
  void anUnknownOptionIsRefused() {
    assertThat(RingliftCommand.execute("cleanup", "--nonsense"))
        .isEqualTo(ExitCode.NOTHING_TO_DO.number());
  }

  private Path conf(String text) throws IOException {
    return Files.writeString(directory.resolve("relinker.conf"), text);
  }
}
