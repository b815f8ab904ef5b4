package dev.ringlift.operator.plan;

import static dev.ringlift.operator.plan.Surroundings.Fault.ACCEPTS;
import static dev.ringlift.operator.plan.Surroundings.Fault.CANCELS;
import static dev.ringlift.operator.plan.Surroundings.Fault.CLOSES;
import static dev.ringlift.operator.plan.Surroundings.Fault.DISK_FAILS;
import static dev.ringlift.operator.plan.Surroundings.Fault.NODE_GOES;
import static dev.ringlift.operator.plan.Surroundings.Fault.PAUSES;
import static dev.ringlift.operator.plan.Surroundings.Fault.PROXY_GOES;
import static dev.ringlift.operator.plan.Surroundings.Fault.RETRIES;
import static dev.ringlift.operator.plan.Surroundings.Fault.WITHDRAWS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.Consumer.Proof;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseSpec.Verify;
import dev.ringlift.operator.plan.Explorer.Found;
import dev.ringlift.operator.plan.Surroundings.Fault;
import dev.ringlift.operator.plan.World.Luck;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The real planner in a small cluster (one or two nodes, a proxy, a ring and its builder, perhaps
 * an older increase), in every order in which things can happen there, up to so many faults,
 * changes of the user's mind, and deaths of the operator. Each {@link Invariant} holds in each
 * state, and from each it comes to its end; {@link MutantsTest} shows that it would be noticed if
 * not.
 */
class ExplorerTest {
  private static final Set<Fault> WISHES = EnumSet.of(PAUSES, CANCELS, WITHDRAWS, RETRIES, ACCEPTS);
  private static final Set<Fault> WINDOWS = EnumSet.of(CLOSES, PAUSES, CANCELS);
  private static final Set<Fault> ALL = EnumSet.complementOf(EnumSet.of(CLOSES));
  private static final Set<Fault> FAULTS = withoutWishes();

  private final Site one = new Site(1, 3, 4).verifying(Verify.Sample);
  private final Site two = new Site(2, 3, 4).verifying(Verify.Sample);
  private final TestReporter reporter;

  ExplorerTest(TestReporter reporter) {
    this.reporter = reporter;
  }

  private static Set<Fault> withoutWishes() {
    Set<Fault> faults = EnumSet.copyOf(ALL);
    faults.removeAll(WISHES);
    return faults;
  }

  /** Runs of the operator are whole, or end before one of their writes. */
  private Found byRuns(Site site, Set<Fault> possible, int faults, int wishes, int deaths) {
    return explore(site, possible, new Luck(faults, wishes, deaths), false);
  }

  /** Anything may happen between any two writes of the operator. */
  private Found byWrites(Site site, Set<Fault> possible, int faults, int wishes, int deaths) {
    return explore(site, possible, new Luck(faults, wishes, deaths), true);
  }

  private Found explore(Site site, Set<Fault> possible, Luck luck, boolean interleaved) {
    Surroundings surroundings = new Surroundings(site, possible);
    Found found =
        new Explorer(new OperatorModel(site), surroundings, interleaved).from(site.untouched(luck));
    assertThat(found.ends()).isPositive();
    reporter.publishEntry(
        "%s: %,d states, %,d transitions".formatted(luck, found.states(), found.transitions()));
    return found;
  }

  @Test
  void anyFaultAtAnyMoment() {
    Found found = byRuns(two, FAULTS, 1, 0, 0);

    assertThat(found.states()).isGreaterThan(30_000);
    assertThat(found.transitions()).isGreaterThan(100_000);
    assertThat(found.events())
        .contains(
            "node-1 goes",
            "sd1 fails",
            "sd2 is unmounted",
            "proxy:8080 falls back to the former ring",
            "another hand replaces the builder",
            "the caches stall");
  }

  @Test
  void anyChangeOfTheUsersMindAtAnyMoment() {
    assertThat(byRuns(two, WISHES, 0, 1, 0).states()).isGreaterThan(3_000);
    assertThat(byRuns(one, WISHES, 0, 2, 0).states()).isGreaterThan(3_000);
  }

  @Test
  void approvalsThatAreGivenAndWithdrawn() {
    assertThat(byRuns(two.withGates(), WISHES, 0, 1, 0).states()).isGreaterThan(5_000);
    assertThat(byWrites(one.withGates(), EnumSet.of(WITHDRAWS), 0, 1, 0).states())
        .isGreaterThan(1_000);
  }

  @Test
  void theOperatorDiesBetweenAnyTwoWrites() {
    assertThat(byRuns(two, ALL, 0, 0, 2).states()).isGreaterThan(1_000);
    assertThat(byRuns(two.withSplitStore(), EnumSet.of(CANCELS), 0, 1, 1).states())
        .isGreaterThan(5_000);
  }

  @Test
  void theOperatorIsReplacedAndItsLastWritesComeLate() {
    Found found = byWrites(one, EnumSet.of(CANCELS), 0, 1, 1);

    assertThat(found.states()).isGreaterThan(30_000);
    assertThat(found.events()).contains("the operator is replaced", "the replaced operator writes");
  }

  @Tag("full")
  @Test
  void anyFaultBetweenAnyTwoWrites() {
    assertThat(byWrites(one, FAULTS, 1, 0, 0).states()).isGreaterThan(5_000);
    assertThat(byWrites(one.withSplitStore(), FAULTS, 1, 0, 0).states()).isGreaterThan(5_000);
  }

  @Tag("full")
  @Test
  void anyTwoFaults() {
    assertThat(byRuns(one, FAULTS, 2, 0, 0).states()).isGreaterThan(100_000);
  }

  @Test
  void severalDoublings() {
    assertThat(byRuns(new Site(1, 3, 5), ALL, 0, 1, 1).states()).isGreaterThan(3_000);
  }

  @Test
  void windowsCloseAndOpenAtAnyMoment() {
    Found found = byRuns(one, WINDOWS, 0, 2, 0);

    assertThat(found.states()).isGreaterThan(1_000);
    assertThat(found.events()).contains("the window closes", "the window opens");
    assertThat(byWrites(one, EnumSet.of(CLOSES), 0, 1, 1).states()).isGreaterThan(1_000);
  }

  @Test
  void nodesWorkZoneByZone() {
    Set<Fault> possible = EnumSet.of(NODE_GOES, DISK_FAILS, PAUSES, RETRIES);

    assertThat(byRuns(two.workingZoneByZone(), possible, 1, 0, 1).states()).isGreaterThan(1_000);
    assertThat(byRuns(two.workingZoneByZone(), possible, 0, 2, 0).states()).isGreaterThan(1_000);
  }

  @ParameterizedTest
  @EnumSource(names = {"Restart", "Wait"})
  void proxiesThatTellNothing(Proof proof) {
    Set<Fault> possible = EnumSet.of(NODE_GOES, PROXY_GOES, CANCELS, PAUSES);

    assertThat(byRuns(one.provingBy(proof), possible, 1, 1, 0).states()).isGreaterThan(1_000);
    assertThat(byWrites(one.provingBy(proof), possible, 0, 0, 1).states()).isGreaterThan(500);
  }

  @Test
  void anOlderIncreaseHasItsTurn() {
    Found found = byRuns(one.behindAnotherIncrease(), WINDOWS, 0, 1, 1);

    assertThat(found.states()).isGreaterThan(1_000);
    assertThat(found.events()).contains("the other increase begins", "the other increase ends");
  }
}
