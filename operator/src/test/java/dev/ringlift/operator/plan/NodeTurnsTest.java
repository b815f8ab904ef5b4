package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.NodeSelection;
import dev.ringlift.operator.plan.NodeTurns.Candidate;
import dev.ringlift.operator.plan.NodeTurns.Standing;
import dev.ringlift.operator.plan.NodeTurns.Zone;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may work, and who has to wait. */
class NodeTurnsTest {
  private static Candidate node(String name, int zone, Standing standing) {
    return new Candidate(name, new Zone(1, zone), standing, false);
  }

  private static Candidate lost(String name, int zone, Standing standing) {
    return new Candidate(name, new Zone(1, zone), standing, true);
  }

  private static NodeTurns turns(String maxConcurrent, boolean byZone, Candidate... nodes) {
    return NodeTurns.of(new NodeSelection(null, maxConcurrent, byZone, List.of()), List.of(nodes));
  }

  @ParameterizedTest
  @CsvSource({"3, 10, 3", "30, 10, 30", "100%, 7, 7", "25%, 7, 2", "1%, 7, 1", "50%, 4, 2"})
  void aShareIsRoundedUp(String maxConcurrent, int nodes, int limit) {
    assertThat(NodeTurns.limit(maxConcurrent, nodes)).isEqualTo(limit);
  }

  @Test
  void withoutALimitAllMayAndNothingIsSaid() {
    NodeTurns turns =
        turns(
            "100%",
            false,
            node("a", 1, Standing.AtWork),
            node("b", 1, Standing.Fresh),
            lost("c", 2, Standing.AtWork));

    assertThat(turns.allowed()).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(turns.message()).isEmpty();
  }

  @Test
  void whoWorksGoesOnAndWhoHasBegunComesBeforeTheOthers() {
    NodeTurns turns =
        turns(
            "3",
            false,
            node("a", 1, Standing.Retry),
            node("b", 1, Standing.Fresh),
            node("c", 1, Standing.Fresh),
            node("d", 1, Standing.Begun),
            node("e", 1, Standing.AtWork),
            node("f", 1, Standing.Done),
            node("g", 1, Standing.Resting));

    assertThat(turns.allowed()).containsExactlyInAnyOrder("e", "d", "b");
    assertThat(turns.message()).isEqualTo(" 2 wait for their turn (at most 3 at once).");
  }

  @Test
  void nobodyWhoWorksIsStoppedWhenTheLimitIsLowered() {
    NodeTurns turns =
        turns(
            "1",
            true,
            node("a", 1, Standing.Fresh),
            node("b", 2, Standing.AtWork),
            node("c", 3, Standing.AtWork));

    assertThat(turns.allowed()).containsExactlyInAnyOrder("b", "c");
    assertThat(turns.message())
        .isEqualTo(" 1 waits for its turn (region 1, zone 1 now, one node at a time).");
  }

  @Test
  void zonesComeInTheirOrderAndANodeWithoutOneLast() {
    Candidate none = new Candidate("a", null, Standing.Fresh, false);
    Candidate secondRegion = new Candidate("b", new Zone(2, 1), Standing.Fresh, false);
    Candidate tenth = node("c", 10, Standing.Fresh);

    assertThat(turns("100%", true, none, secondRegion, tenth, node("d", 9, Standing.Fresh)))
        .satisfies(turns -> assertThat(turns.allowed()).containsExactly("d"));
    assertThat(turns("100%", true, none, secondRegion, tenth, node("d", 9, Standing.Done)))
        .satisfies(turns -> assertThat(turns.allowed()).containsExactly("c"));
    assertThat(turns("100%", true, none, secondRegion).allowed()).containsExactly("b");
    assertThat(turns("100%", true, none).allowed()).containsExactly("a");
  }

  @Test
  void aZoneIsNotDoneWhileANodeOfItFailed() {
    assertThat(
            turns("100%", true, node("a", 1, Standing.Resting), node("b", 2, Standing.Fresh))
                .allowed())
        .isEmpty();
  }

  @Test
  void aNodeThatDoesNotAnswerIsStoppedFirstAndThenMakesRoom() {
    Candidate fresh = node("b", 1, Standing.Fresh);

    assertThat(turns("1", false, lost("a", 1, Standing.AtWork), fresh).allowed()).isEmpty();
    assertThat(turns("1", false, lost("a", 1, Standing.Begun), fresh).allowed())
        .containsExactly("b");
    assertThat(turns("1", false, lost("a", 1, Standing.AtWork)).allowed()).containsExactly("a");
  }
}
