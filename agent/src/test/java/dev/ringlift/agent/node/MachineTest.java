package dev.ringlift.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.StorageNodeStatus.MachineStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.PolicyStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
  @TempDir Path directory;

  private Machine machine() {
    return new Machine(directory, directory);
  }

  @Test
  void tellsMemoryAndTheKernelsSetting() throws IOException {
    Files.createDirectories(directory.resolve("sys/vm"));
    Files.writeString(directory.resolve("sys/vm/vfs_cache_pressure"), "50\n");
    Files.writeString(directory.resolve("meminfo"), "MemTotal:       16384000 kB\nMemFree: 1 kB\n");

    assertThat(machine().status()).contains(new MachineStatus(16_000_000_000L, 50));
  }

  @Test
  void tellsNothingThatItCanNotRead() throws IOException {
    assertThat(machine().status()).isEmpty();
    Files.writeString(directory.resolve("swift.conf"), "[storage-policy:x]\n");
    assertThat(machine().policies()).isEmpty();
  }

  @Test
  void tellsHowManyFragmentsEachPolicyNeeds() throws IOException {
    assertThat(machine().policies()).isEmpty();

    Files.writeString(directory.resolve("swift.conf"), "[swift-hash]\n");
    assertThat(machine().policies()).containsExactly(new PolicyStatus(0, 1, 1));

    Files.writeString(
        directory.resolve("swift.conf"),
        """
        [storage-policy:0]
        name = gold
        [storage-policy:2]
        name = ec
        policy_type = erasure_coding
        ec_num_data_fragments = 4
        ec_num_parity_fragments = 2
        """);

    assertThat(machine().policies())
        .containsExactly(new PolicyStatus(0, 1, 1), new PolicyStatus(2, 4, 6));
  }
}
