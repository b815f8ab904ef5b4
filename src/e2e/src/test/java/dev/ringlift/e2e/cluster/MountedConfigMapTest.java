package dev.ringlift.e2e.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountedConfigMapTest {
  @TempDir Path mount;

  @Test
  void filesAreLinksThroughOneLinkThatIsSwapped() throws IOException {
    MountedConfigMap configMap = new MountedConfigMap(mount);
    Files.writeString(mount.resolve("swift.conf"), "stays");

    configMap.write(Map.of("ring", bytes("old"), "gone", bytes("x")));
    Path before = Files.readSymbolicLink(mount.resolve("..data"));
    configMap.write(Map.of("ring", bytes("new")));

    assertThat(mount.resolve("ring")).isSymbolicLink().hasContent("new");
    assertThat(Files.readSymbolicLink(mount.resolve("ring"))).isEqualTo(Path.of("..data", "ring"));
    assertThat(Files.readSymbolicLink(mount.resolve("..data"))).isNotEqualTo(before);
    try (Stream<Path> left = Files.list(mount)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "swift.conf",
              "ring",
              "..data",
              Files.readSymbolicLink(mount.resolve("..data")).toString());
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
