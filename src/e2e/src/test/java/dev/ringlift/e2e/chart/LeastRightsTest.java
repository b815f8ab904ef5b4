package dev.ringlift.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Every story runs operator and agents with the roles of the chart: what these don't grant would
 * have been refused. What they do grant and nothing needed is found here, by the API server's audit
 * log. Comes after all stories (junit-platform.properties), and makes sense only then.
 */
@Tag("e2e")
@Order(Integer.MAX_VALUE)
@ExtendWith(ApiServerExtension.class)
class LeastRightsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What no story comes to, with where it is shown instead. */
  private static final Map<String, Set<String>> NOT_IN_STORIES =
      Map.of(
          // a part of a ring that was written half: KilledPublicationTest; consumers in pods:
          // ConsumersTest
          RingliftChart.OPERATOR,
              Set.of(
                  "delete configmaps",
                  "get pods",
                  "patch pods",
                  "get apps/deployments",
                  "patch apps/deployments",
                  "get apps/statefulsets",
                  "patch apps/statefulsets",
                  "get apps/daemonsets",
                  "patch apps/daemonsets"),
          // for the API server's own sake: server-side apply of what is not there yet counts as
          // patch and as create
          RingliftChart.AGENT, Set.of("create ringlift.dev/storagenodes"));

  @Test
  void theRolesGrantWhatIsUsedAndNoMore(ApiServer server) throws IOException {
    List<JsonNode> events = events(server);
    assertThat(events.stream().map(LeastRightsTest::namespace).distinct())
        .as("namespaces of stories: this test comes after them, and means nothing alone")
        .hasSizeGreaterThan(5);

    for (String account : List.of(RingliftChart.OPERATOR, RingliftChart.AGENT)) {
      Set<String> used = new TreeSet<>();
      Set<String> refused = new TreeSet<>();
      for (JsonNode event : events) {
        if (event.path("user").path("username").asText().endsWith(":" + account)) {
          boolean allowed =
              "allow"
                  .equals(event.path("annotations").path("authorization.k8s.io/decision").asText());
          (allowed ? used : refused).add(request(event));
        }
      }
      Set<String> unused = granted(account);
      unused.removeAll(used);

      assertThat(refused).as("what %s asked for and has no role for", account).isEmpty();
      assertThat(unused)
          .as("what %s may do and never did", account)
          .isEqualTo(NOT_IN_STORIES.get(account));
    }
  }

  private static List<JsonNode> events(ApiServer server) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    for (String line : Files.readAllLines(server.auditLog())) {
      JsonNode event = JSON.readTree(line);
      if (event.path("user").path("username").asText().startsWith("system:serviceaccount:story-")
          && event.has("objectRef")) {
        events.add(event);
      }
    }
    return events;
  }

  private static String namespace(JsonNode event) {
    return event.path("user").path("username").asText().split(":", -1)[2];
  }

  private static String request(JsonNode event) {
    JsonNode object = event.path("objectRef");
    String subresource = object.path("subresource").asText();
    return name(
        event.path("verb").asText(),
        object.path("apiGroup").asText(),
        object.path("resource").asText() + (subresource.isEmpty() ? "" : "/" + subresource));
  }

  private static String name(String verb, String group, String resource) {
    return verb + " " + (group.isEmpty() ? "" : group + "/") + resource;
  }

  private static Set<String> granted(String account) {
    Set<String> granted = new TreeSet<>();
    KubernetesSerialization yaml = new KubernetesSerialization();
    String access = RingliftChart.access("story", Map.of("agent.rings.from", "Installed"));
    for (String manifest : access.split("(?m)^---$", -1)) {
      List<PolicyRule> rules = List.of();
      if (manifest.contains("\nkind: Role\n")) {
        Role role = yaml.unmarshal(manifest, Role.class);
        rules = role.getMetadata().getName().equals(account) ? role.getRules() : rules;
      } else if (manifest.contains("\nkind: ClusterRole\n")) {
        ClusterRole role = yaml.unmarshal(manifest, ClusterRole.class);
        rules = account.equals(RingliftChart.OPERATOR) ? role.getRules() : rules;
      }
      for (PolicyRule rule : rules) {
        for (String group : rule.getApiGroups()) {
          for (String resource : rule.getResources()) {
            rule.getVerbs().forEach(verb -> granted.add(name(verb, group, resource)));
          }
        }
      }
    }
    return granted;
  }
}
