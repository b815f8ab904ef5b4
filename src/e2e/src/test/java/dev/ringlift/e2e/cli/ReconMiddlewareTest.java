package dev.ringlift.e2e.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringlift.testkit.tree.SyntheticTree;
import dev.ringlift.testkit.tree.TreeSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code GET /recon/relinker} of real Swift, after a run of {@code bin/ringlift}. */
@Tag("swift")
class ReconMiddlewareTest {
  private static final int POWER = 4;
  private static final String ASK =
      """
      import json
      from swift.common.middleware import recon
      from swift.common.swob import Request

      def main(cache):
          app = recon.filter_factory({'recon_cache_path': cache})(None)
          response = Request.blank('/recon/relinker').get_response(app)
          assert response.status_int == 200, response.status
          return json.loads(response.body)
      """;

  @TempDir private Path directory;

  @Test
  void answersWithWhatWasWrittenAndAsAfterSwiftsOwnRelinker() throws IOException {
    try (IncreaseByHand node = new IncreaseByHand(directory.resolve("swift"), POWER)) {
      node.ring("prepare");
      Path ours = tree("ours");
      Path theirs = tree("theirs");
      String cache = node.swift().reconDirectory().toString();

      node.swiftRelinker("relink", theirs).orThrow();
      JsonNode afterSwift = node.swift().python(ASK, cache);
      node.ringlift("relink", ours).orThrow();
      JsonNode afterRinglift = node.swift().python(ASK, cache);

      assertThat(afterRinglift).isEqualTo(node.recon());
      assertThat(keys("", afterRinglift)).isEqualTo(keys("", afterSwift));
      for (String figure :
          List.of(
              "/parts_done", "/total_parts", "/stats", "/policies/0/step", "/policies/0/stats")) {
        assertThat(afterRinglift.at("/devices/d1" + figure))
            .as(figure)
            .isEqualTo(afterSwift.at("/devices/d1" + figure));
      }
      JsonNode worker = afterRinglift.path("workers").elements().next();
      assertThat(worker.path("return_code").asInt(-1)).isZero();
      assertThat(worker.path("devices"))
          .isEqualTo(afterSwift.path("workers").elements().next().path("devices"));
    }
  }

  private Path tree(String name) {
    Path devices = directory.resolve(name);
    SyntheticTree.create(
        TreeSettings.of(30, POWER, Instant.ofEpochSecond(1_700_000_000)),
        partition -> List.of(devices.resolve("d1")));
    return devices;
  }

  /** Where there is what kind of value; a worker is named by its process. */
  private static SortedSet<String> keys(String at, JsonNode node) {
    SortedSet<String> keys = new TreeSet<>();
    for (Map.Entry<String, JsonNode> each : node.properties()) {
      String key = at.equals("/workers") ? at + "/process" : at + "/" + each.getKey();
      keys.add(key + " " + each.getValue().getNodeType());
      keys.addAll(keys(key, each.getValue()));
    }
    return keys;
  }
}
