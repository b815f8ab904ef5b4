package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.Consumer;
import dev.ringlift.api.v1alpha1.Consumer.Kind;
import dev.ringlift.api.v1alpha1.Consumer.Proof;
import dev.ringlift.api.v1alpha1.Consumer.Role;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.operator.plan.Audience.Group;
import dev.ringlift.operator.plan.Audience.Member;
import dev.ringlift.operator.plan.Audience.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What counts as a consumer's proof of a ring, and what does not. */
class ConsumerProofsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final Instant SINCE = NOW.minusSeconds(30);
  private static final String FILE = "object.ring.gz";
  private static final String RIGHT = "a".repeat(32);
  private static final String OTHER = "b".repeat(32);
  private static final String STAMP = ConsumerProofs.stamp(RIGHT, SINCE);
  private static final Consumer ASKED = proxy(Proof.Recon, 8080, null);
  private static final Consumer RESTARTED = proxy(Proof.Restart, null, null);
  private static final Consumer AWAITED = proxy(Proof.Wait, null, "2m");

  private static Consumer proxy(Proof proof, @Nullable Integer port, @Nullable String duration) {
    return new Consumer(Kind.Deployment, "proxy", Role.Proxy, proof, port, duration, null);
  }

  private static ConsumerProofs proofs(WantedRing wanted, Instant now, Group... groups) {
    return ConsumerProofs.of(
        new Audience(Arrays.asList(groups), List.of()), wanted, ConsumerSettings.DEFAULTS, now);
  }

  private static ConsumerProofs proofs(Group... groups) {
    return proofs(new WantedRing(FILE, RIGHT, true, SINCE), NOW, groups);
  }

  private static Group asked(Member... members) {
    int pods = members.length;
    return new Group(ASKED, new Workload(true, pods, pods, pods, pods, null), List.of(members));
  }

  private static Member told(String name, @Nullable String md5, Duration ago) {
    Map<String, String> rings = md5 == null ? Map.of() : Map.of(FILE, md5);
    ReconAnswer answer = new ReconAnswer(NOW.minus(ago), rings, null, null, null);
    return new Member(name, true, false, NOW.minusSeconds(3600), null, answer, null);
  }

  private static Member stamped(String name, @Nullable String stamp) {
    return new Member(name, true, false, NOW, stamp, null, null);
  }

  private static Workload rolledOut(@Nullable String stamp) {
    return new Workload(true, 2, 2, 2, 2, stamp);
  }

  private static String only(List<Problem> problems) {
    assertThat(problems).hasSize(1);
    return problems.getFirst().reason() + ": " + problems.getFirst().message();
  }

  @Test
  void everyPodMustTellTheVeryMd5() {
    ConsumerProofs proofs =
        proofs(asked(told("pod a", RIGHT, Duration.ZERO), told("pod b", OTHER, Duration.ZERO)));

    assertThat(proofs.total()).isEqualTo(2);
    assertThat(proofs.current()).isEqualTo(1);
    assertThat(only(proofs.missing()))
        .isEqualTo(
            "ConsumerRingOutdated: Deployment proxy: 1 of 2 have not proved the ring: pod b has another object.ring.gz, with md5 "
                + OTHER
                + ".");
    assertThat(proofs.missing().getFirst().consumer()).isEqualTo("proxy");
    assertThat(proofs.overdue()).as("it has not been long").isEmpty();
    assertThat(proofs(asked(told("pod a", RIGHT, Duration.ZERO))).missing()).isEmpty();
  }

  @Test
  void anOldAnswerProvesNothing() {
    assertThat(proofs(asked(told("pod a", RIGHT, Duration.ofSeconds(60)))).missing()).isEmpty();
    assertThat(only(proofs(asked(told("pod a", RIGHT, Duration.ofSeconds(61)))).missing()))
        .startsWith("ConsumerSilent")
        .contains("last answered at 2026-03-01T09:58:59Z");
  }

  @Test
  void aRingThatIsNotThereOrCanNotBeReadIsNone() {
    assertThat(only(proofs(asked(told("pod a", null, Duration.ZERO))).missing()))
        .contains("knows no object.ring.gz");
    assertThat(only(proofs(asked(told("pod a", ReconAnswer.UNREADABLE, Duration.ZERO))).missing()))
        .contains("can't read its object.ring.gz");
  }

  @Test
  void aPodThatEndsIsAskedAsWell() {
    Member ending = new Member("pod a", true, true, NOW, null, null, "can't be reached");

    assertThat(only(proofs(asked(ending)).missing())).contains("pod a can't be reached");
  }

  @Test
  void aMissingWorkloadIsNamedAtOnce() {
    ConsumerProofs proofs = proofs(new Group(ASKED, null, List.of()));

    assertThat(only(proofs.missing()))
        .isEqualTo("ConsumerMissing: Deployment proxy: there is none of this name.");
    assertThat(proofs.overdue()).isEqualTo(proofs.missing());
  }

  @Test
  void whoLacksTheRingForLongIsOverdueButAPodHasItsOwnTime() {
    Instant later = SINCE.plus(Duration.ofMinutes(5)).plusSeconds(1);
    WantedRing wanted = new WantedRing(FILE, RIGHT, true, SINCE);
    Member old = new Member("pod a", true, false, SINCE.minusSeconds(9), null, null, "is slow");
    Member young = new Member("pod b", true, false, later.minusSeconds(9), null, null, "is slow");
    Member unasked = new Member("pod c", true, false, SINCE.minusSeconds(9), null, null, null);

    assertThat(proofs(wanted, later, asked(old)).overdue()).hasSize(1);
    assertThat(proofs(wanted, later, asked(young)).overdue()).isEmpty();
    assertThat(proofs(wanted, later, asked(young)).missing()).hasSize(1);
    assertThat(proofs(wanted, later, asked(unasked)).overdue())
        .as("an operator that has just been started knows nothing of it")
        .isEmpty();
    assertThat(proofs(wanted, later, asked(unasked)).missing()).hasSize(1);
  }

  @Test
  void aRestartIsAskedForOnceTheStatusSaysSinceWhenTheRingIsThere() {
    Group group = new Group(RESTARTED, rolledOut(null), List.of());

    assertThat(proofs(new WantedRing(FILE, RIGHT, true, null), NOW, group).restarts()).isEmpty();
    assertThat(proofs(new WantedRing(FILE, RIGHT, true, null), NOW, group).missing()).hasSize(1);
    assertThat(proofs(group).restarts())
        .containsExactly(new Restart(Kind.Deployment, "proxy", STAMP));
    assertThat(only(proofs(group).missing())).startsWith("ConsumerRestarting");
  }

  @Test
  void aRestartIsProvenOnlyWhenItsRolloutHasEndedAndNoPodIsFromBefore() {
    List<Member> fresh = List.of(stamped("pod a", STAMP), stamped("pod b", STAMP));

    assertThat(proofs(new Group(RESTARTED, rolledOut(STAMP), fresh)).missing()).isEmpty();
    List<Workload> notEnded =
        List.of(
            new Workload(false, 2, 2, 2, 2, STAMP),
            new Workload(true, 2, 3, 2, 2, STAMP),
            new Workload(true, 2, 2, 1, 2, STAMP),
            new Workload(true, 2, 2, 2, 1, STAMP));
    for (Workload workload : notEnded) {
      assertThat(proofs(new Group(RESTARTED, workload, fresh)).missing())
          .as(workload.toString())
          .hasSize(1);
    }
    List<Member> mixed = List.of(stamped("pod a", STAMP), stamped("pod old", null));
    assertThat(only(proofs(new Group(RESTARTED, rolledOut(STAMP), mixed)).missing()))
        .contains("from before: pod old");
  }

  @Test
  void aRingThatWasPutBackNeedsAnotherRestart() {
    List<Member> fresh = List.of(stamped("pod a", STAMP));
    WantedRing putBack = new WantedRing(FILE, RIGHT, true, SINCE.plusSeconds(20));

    ConsumerProofs proofs = proofs(putBack, NOW, new Group(RESTARTED, rolledOut(STAMP), fresh));

    assertThat(proofs.missing()).hasSize(1);
    assertThat(proofs.restarts()).hasSize(1);
  }

  @Test
  void waitingProvesNothingAndIsAlwaysTold() {
    Group group = new Group(AWAITED, rolledOut(null), List.of());

    ConsumerProofs early = proofs(group);
    assertThat(only(early.missing())).contains("given time until 2026-03-01T10:01:30Z");
    assertThat(only(early.unproven())).startsWith("ConsumerUnproven");

    ConsumerProofs late =
        proofs(new WantedRing(FILE, RIGHT, true, SINCE), SINCE.plusSeconds(120), group);
    assertThat(late.missing()).isEmpty();
    assertThat(only(late.unproven())).startsWith("ConsumerUnproven");
  }

  @Test
  void beforeTheFirstChangeNobodyIsRestartedOrWaitedFor() {
    WantedRing untouched = new WantedRing(FILE, RIGHT, false, null);

    ConsumerProofs proofs =
        proofs(
            untouched,
            NOW,
            new Group(RESTARTED, rolledOut(null), List.of()),
            new Group(AWAITED, rolledOut(null), List.of()),
            asked(told("pod a", OTHER, Duration.ZERO)));

    assertThat(proofs.total()).isEqualTo(3);
    assertThat(proofs.current()).isEqualTo(2);
    assertThat(proofs.restarts()).isEmpty();
    assertThat(only(proofs.missing())).contains("pod a has another object.ring.gz");
  }
}
