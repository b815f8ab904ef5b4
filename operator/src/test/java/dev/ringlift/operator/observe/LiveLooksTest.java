package dev.ringlift.operator.observe;

import static dev.ringlift.operator.observe.LiveLooks.GRACE;
import static dev.ringlift.operator.observe.LiveLooks.LONGEST_ON_CACHES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.operator.observe.LiveLooks.Means;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LiveLooksTest {
  private static final String UID = "uid";
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration MOMENT = Duration.ofMillis(10);

  private final LiveLooks looks = new LiveLooks();
  private final List<Node> cache = new ArrayList<>(List.of(node("a", "1"), node("b", "1")));

  @Test
  void cachesDoForAMinuteAndThenTheApiServerIsAsked() {
    assertThat(looks.means(UID, START)).isEqualTo(Means.CACHES);
    Instant due = START.plus(LONGEST_ON_CACHES);
    assertThat(looks.means(UID, due.minus(MOMENT))).isEqualTo(Means.CACHES);
    assertThat(looks.means(UID, due)).isEqualTo(Means.LIVE);

    looks.done(UID, due, List.of());
    assertThat(looks.means(UID, due.plus(LONGEST_ON_CACHES).minus(MOMENT))).isEqualTo(Means.CACHES);
    assertThat(looks.means(UID, due.plus(LONGEST_ON_CACHES))).isEqualTo(Means.LIVE);
  }

  @Test
  void eachIncreaseHasItsOwn() {
    looks.means(UID, START);
    Instant due = START.plus(LONGEST_ON_CACHES);
    assertThat(looks.means("another", due)).isEqualTo(Means.CACHES);
    assertThat(looks.means(UID, due)).isEqualTo(Means.LIVE);
    looks.forget(UID);
    assertThat(looks.means(UID, due)).isEqualTo(Means.CACHES);
  }

  @Test
  void aCacheThatHearsOfItALittleLaterIsBelieved() {
    looks.done(UID, START, missed(Map.of("a", "1")));
    assertThat(looks.means(UID, START.plus(MOMENT))).isEqualTo(Means.CACHES);

    cache.set(0, node("a", "2"));
    assertThat(looks.means(UID, START.plus(GRACE))).isEqualTo(Means.CACHES);
    cache.set(0, node("a", "1")); // had it looked again, it would think that it hears nothing
    assertThat(looks.means(UID, START.plus(GRACE.multipliedBy(2)))).isEqualTo(Means.CACHES);
  }

  @Test
  void aCacheThatHearsOfOtherThingsOnlyIsNotBelieved() {
    looks.done(UID, START, missed(Map.of("a", "1", "b", "1")));
    cache.set(0, node("a", "2"));
    assertThat(looks.means(UID, START.plus(GRACE))).isEqualTo(Means.LIVE);
  }

  @Test
  void whatWasMadeAndWhatIsGoneIsHeardOfToo() {
    List<Unheard> made = missed(Map.of("c", Unheard.ABSENT));
    List<Unheard> gone = missed(Map.of("b", "1"));
    assertThat(made).allMatch(Unheard::persists);
    assertThat(gone).allMatch(Unheard::persists);

    cache.remove(1);
    cache.add(node("c", "1"));
    assertThat(made).noneMatch(Unheard::persists);
    assertThat(gone).noneMatch(Unheard::persists);
  }

  @Test
  void whileACacheHearsNothingAllLooksAreLiveButNotMoreThanOneInAWhile() {
    looks.done(UID, START, missed(Map.of("a", "1")));
    assertThat(looks.atMost(UID, Duration.ofMinutes(1))).isEqualTo(Duration.ofMinutes(1));
    Instant found = START.plus(GRACE);
    assertThat(looks.means(UID, found)).isEqualTo(Means.LIVE);
    looks.done(UID, found, missed(Map.of("a", "1")));

    assertThat(looks.means(UID, found.plus(MOMENT))).isEqualTo(Means.NONE);
    assertThat(looks.atMost(UID, Duration.ofMinutes(1))).isEqualTo(GRACE);
    assertThat(looks.atMost(UID, MOMENT)).isEqualTo(MOMENT);
    assertThat(looks.means(UID, found.plus(GRACE))).isEqualTo(Means.LIVE);
    looks.done(UID, found.plus(GRACE), missed(Map.of("a", "1")));

    cache.set(0, node("a", "3"));
    assertThat(looks.means(UID, found.plus(GRACE).plus(MOMENT))).isEqualTo(Means.CACHES);
    assertThat(looks.atMost(UID, Duration.ofMinutes(1))).isEqualTo(Duration.ofMinutes(1));
  }

  private List<Unheard> missed(Map<String, String> versions) {
    return List.of(new Unheard("Node", () -> cache, versions));
  }

  private static Node node(String name, String version) {
    return new NodeBuilder()
        .withNewMetadata()
        .withName(name)
        .withResourceVersion(version)
        .endMetadata()
        .build();
  }
}
