package dev.ringlift.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentSettingsTest {
  @TempDir Path folder;
  private final Map<String, String> values = new HashMap<>();

  @BeforeEach
  void setUp() {
    set("node-name", "node-1");
    set("namespace", "swift");
    set("devices-root", folder.toString());
    set("ring-directory", folder.toString());
  }

  @Test
  void takesWhatIsUsable() throws AgentSettings.Unusable {
    AgentSettings settings = settings();

    assertThat(settings.node()).isEqualTo("node-1");
    assertThat(settings.leaseDuration()).hasSeconds(300);
    assertThat(settings.mountCheck()).isTrue();
    assertThat(settings.version()).isEqualTo("1.2.3");
  }

  @Test
  void asksAnObjectServerOnlyWhereOneIsNamed() throws AgentSettings.Unusable {
    assertThat(settings().objectServer()).isEmpty();
    set("object-server", "http://[fd00::1]:6200");
    assertThat(settings().objectServer()).contains(URI.create("http://[fd00::1]:6200"));
  }

  @Test
  void takesTheClientsNamespaceWhenNoneIsSet() throws AgentSettings.Unusable {
    values.remove("ringlift.agent.namespace");

    assertThat(settings().namespace()).isEqualTo("from-the-client");
  }

  @Test
  void saysInASentenceWhatIsMissingOrWrong() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    refuses(
        "devices-root", folder + "/none", "The devices root " + folder + "/none does not exist");
    refuses(
        "ring-directory", file.toString(), "The ring directory " + file + " is not a directory");
    refuses("node-name", "Node_1", "The node name 'Node_1' (ringlift.agent.node-name) is none");
    refuses(
        "ring-config-maps", "swift-rings,Mine", "'Mine' (ringlift.agent.ring-config-maps) is no");
    refuses("renew-interval", "200s", "at least twice");
    refuses("status-interval", "0s", "ringlift.agent.status-interval must be longer than PT0S.");
    for (String server :
        List.of(
            "10.0.0.1:6200",
            "https://a:1",
            "http://a",
            "http://a:1/b",
            "http://u@a:1",
            "http:// :1")) {
      refuses("object-server", server, "The object server '" + server + "' (ringlift.agent.object");
    }
    refuses("replication-slots", "-1", "must be 0 or more");
    values.remove("ringlift.agent.node-name");
    refuses("mount-check", "true", "No node name is given: set NODE_NAME");
  }

  private void refuses(String key, String value, String sentence) {
    String before = values.get("ringlift.agent." + key);
    set(key, value);
    assertThatThrownBy(this::settings)
        .isInstanceOf(AgentSettings.Unusable.class)
        .hasMessageContaining(sentence);
    if (before == null) {
      values.remove("ringlift.agent." + key);
    } else {
      set(key, before);
    }
  }

  private void set(String key, String value) {
    values.put("ringlift.agent." + key, value);
  }

  private AgentSettings settings() throws AgentSettings.Unusable {
    AgentConfig config =
        new SmallRyeConfigBuilder()
            .withMapping(AgentConfig.class)
            .withDefaultValues(values)
            .withConverter(Duration.class, 200, new DurationConverter())
            .build()
            .getConfigMapping(AgentConfig.class);
    return AgentSettings.of(config, Optional.of("from-the-client"), "1.2.3");
  }
}
