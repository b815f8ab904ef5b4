package dev.ringlift.agent.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.relinker.ObjectPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyKindsTest {
  @TempDir Path directory;

  @Test
  void takesTheTypeFromSwiftConf() throws IOException {
    conf(
        """
        [storage-policy:0]
        name = gold
        [storage-policy:2]
        name = deep
        policy_type = erasure_coding
        ec_type = liberasurecode_rs_vand
        ec_num_data_fragments = 4
        ec_num_parity_fragments = 2
        """);

    assertThat(kind(0)).isEqualTo(new PolicyKinds.Kind.Known(ObjectPolicy.replication(0)));
    assertThat(kind(2)).isEqualTo(new PolicyKinds.Kind.Known(ObjectPolicy.erasureCoding(2, 6)));
  }

  @Test
  void knowsPolicy0AloneWhereASwiftConfTellsOfNone() throws IOException {
    conf("[swift-hash]\n");

    assertThat(kind(0)).isEqualTo(new PolicyKinds.Kind.Known(ObjectPolicy.replication(0)));
    assertThat(sentence(1)).contains("policy 1", "no such policy", directory.toString());
  }

  /** Policy 0 may be one of erasure coding. */
  @Test
  void knowsNothingWithoutASwiftConf() {
    assertThat(sentence(0)).contains("There is no " + directory.resolve("swift.conf"));
  }

  @Test
  void saysWhatIsWrongWithASwiftConf() throws IOException {
    conf("[storage-policy:0]\npolicy_type = magnetic\n");

    assertThat(sentence(0)).contains("magnetic");
  }

  private String sentence(int index) {
    return kind(index) instanceof PolicyKinds.Kind.Unknown(String sentence) ? sentence : "";
  }

  private PolicyKinds.Kind kind(int index) {
    return new PolicyKinds(directory).of(index);
  }

  private void conf(String text) throws IOException {
    Files.writeString(directory.resolve("swift.conf"), text);
  }
}
