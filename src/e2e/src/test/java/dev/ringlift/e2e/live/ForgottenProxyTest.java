package dev.ringlift.e2e.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.e2e.live.Content.Present;
import dev.ringlift.e2e.live.LiveClient.Answer;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Why every proxy has to be a consumer. Of two proxies the increase names one, and the other gets
 * no ring:
 *
 * <ul>
 *   <li>What it writes after relink is in the old partition only. Once the ring is increased, other
 *       proxies don't find what it put, find the old of what it overwrote, and what it deleted is
 *       there again. Cleanup mends that, as it links whatever it still finds.
 *   <li>What it writes after cleanup nobody ever finds, not even the proxy itself once it has the
 *       ring.
 * </ul>
 */
@Tag("e2e")
@Tag("full")
@ExtendWith(ApiServerExtension.class)
class ForgottenProxyTest {
  private static final int EACH = 20;

  @Test
  void hidesObjectsUntilCleanupAndLosesThemAfterwards(ApiServer server, @TempDir Path folder) {
    try (LiveCluster live = new LiveCluster(server, folder, LiveSettings.quick());
        LiveClient client = new LiveClient()) {
      Proxy told = live.proxies().getFirst();
      Proxy forgotten = live.proxies().getLast();
      live.start();
      List<LiveObject> there = moving(live, new ArrayList<>(live.objects().all()));
      List<LiveObject> overwritten = there.subList(0, EACH);
      List<LiveObject> deleted = there.subList(EACH, 2 * EACH);
      List<LiveObject> put = fresh(live, "late");

      live.cluster().courier().cutOff(forgotten.name());
      live.apply(server, 0, 7, List.of(told), "  gates: {increase: Manual, cleanup: Manual}\n");
      live.awaitPhase(0, Phase.AwaitingApproval);
      put.forEach(object -> put(client, forgotten, object));
      overwritten.forEach(object -> put(client, forgotten, object));
      deleted.forEach(object -> delete(client, forgotten, object));
      live.patch(server, 0, "{\"spec\":{\"gates\":{\"increase\":\"Automatic\"}}}");
      live.awaitPhase(0, Phase.Increasing);
      live.awaitPhase(0, Phase.AwaitingApproval);
      assertThat(wrong(client, told, put)).as("put, and not found").isEqualTo(EACH);
      assertThat(wrong(client, told, overwritten)).as("overwritten, and old").isEqualTo(EACH);
      assertThat(wrong(client, told, deleted)).as("deleted, and there").isEqualTo(EACH);

      live.patch(server, 0, "{\"spec\":{\"gates\":{\"cleanup\":\"Automatic\"}}}");
      live.awaitPhase(0, Phase.Complete);
      assertThat(wrong(client, told, put)).as("mended by cleanup").isZero();
      assertThat(wrong(client, told, overwritten)).as("mended by cleanup").isZero();
      assertThat(wrong(client, told, deleted)).as("mended by cleanup").isZero();

      List<LiveObject> lost = fresh(live, "lost");
      lost.forEach(object -> put(client, forgotten, object));
      assertThat(wrong(client, forgotten, lost)).as("as long as it has the old ring").isZero();
      live.cluster().courier().reconnect(forgotten.name());
      live.eventually("the forgotten proxy has power 7")
          .until(() -> wrong(client, forgotten, put) == 0);
      assertThat(wrong(client, forgotten, lost)).as("lost for good").isEqualTo(EACH);
      assertThat(wrong(client, told, lost)).as("lost for good").isEqualTo(EACH);
    }
  }

  /** Objects whose partition has another number at the next power: all but those of partition 0. */
  private static List<LiveObject> moving(LiveCluster live, List<LiveObject> objects) {
    return objects.stream()
        .filter(object -> object.certain().isPresent())
        .filter(object -> !partition(live, object).equals("0"))
        .limit(2 * EACH)
        .toList();
  }

  private static List<LiveObject> fresh(LiveCluster live, String name) {
    List<LiveObject> objects = new ArrayList<>();
    for (int number = 0; objects.size() < EACH; number++) {
      LiveObject object = new LiveObject(LiveObjects.REPLICATED, name + number);
      if (!partition(live, object).equals("0")) {
        objects.add(object);
      }
    }
    return objects;
  }

  private static String partition(LiveCluster live, LiveObject object) {
    String hash = live.swift().hash(LiveObjects.ACCOUNT + object.path());
    return Long.toString(
        Long.parseLong(hash.substring(0, 8), 16) >>> (32 - live.settings().partPower()));
  }

  private static void put(LiveClient client, Proxy proxy, LiveObject object) {
    String body = object.nextBody();
    assertThat(client.put(proxy, object, body).status()).isEqualTo(201);
    object.promise(new Present(body, ""));
  }

  private static void delete(LiveClient client, Proxy proxy, LiveObject object) {
    assertThat(client.delete(proxy, object).status()).isEqualTo(204);
    object.promise(Content.ABSENT);
  }

  /** Of how many a proxy does not find what was promised. */
  private static long wrong(LiveClient client, Proxy proxy, List<LiveObject> objects) {
    return objects.stream()
        .filter(
            object -> {
              Answer answer = client.get(proxy, object);
              assertThat(answer.failed()).as(answer.toString()).isFalse();
              return !object.mayBe(answer.content());
            })
        .count();
  }
}
