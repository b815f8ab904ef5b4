package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.Consumer;
import dev.ringlift.api.v1alpha1.Consumer.Kind;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Problem;
import dev.ringlift.operator.plan.Audience.Group;
import dev.ringlift.operator.plan.Audience.Member;
import dev.ringlift.operator.plan.Audience.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the consumers have proved of a ring.
 *
 * <ul>
 *   <li><b>Recon</b>: each pod and each address has told, not too long ago, the very md5 of the
 *       ring. A pod that is being deleted still runs, and is asked like the others.
 *   <li><b>Restart</b>: the pod template bears the stamp of the ring, its rollout has ended, and
 *       there is no pod that was made from another template. The stamp names the ring and since
 *       when it has been in the store, and is put on only after the status says so: whatever bears
 *       it was started later, whoever's clock may be wrong. A ring that was replaced and put back
 *       gets another stamp.
 *   <li><b>Wait</b>: the time has passed. That proves nothing, and is always told.
 * </ul>
 *
 * <p>Whoever mounts the ring and belongs to no consumer can prove nothing, also when it came after
 * preflight.
 *
 * <p>Before the increase has changed anything nobody is restarted or waited for: the ring that is
 * there was there before.
 *
 * @param total pods and addresses asked; a consumer that is not asked one by one is one
 * @param current those that have proved it
 * @param missing each consumer that has not, with its reason
 * @param overdue those of them that ought to have by now
 * @param unproven each consumer that proves nothing
 * @param restarts whose pod templates are to be stamped
 */
record ConsumerProofs(
    int total,
    int current,
    List<Problem> missing,
    List<Problem> overdue,
    List<Problem> unproven,
    List<Restart> restarts) {

  static final ConsumerProofs NONE =
      new ConsumerProofs(0, 0, List.of(), List.of(), List.of(), List.of());

  /** The stamp of this ring for pods that are started while it is in the store since then. */
  static String stamp(String ringMd5, Instant since) {
    return ringMd5 + "." + since.getEpochSecond();
  }

  /**
   * Holds all consumers to a ring.
   *
   * @param wanted the ring
   */
  static ConsumerProofs of(
      Audience audience, WantedRing wanted, ConsumerSettings settings, Instant now) {
    Tally tally = new Tally(wanted, settings, now);
    for (Group group : audience.groups()) {
      tally.add(group);
    }
    if (wanted.published()) { // before, preflight looks
      audience.uncovered().forEach(tally::addUncovered);
    }
    return new ConsumerProofs(
        tally.total,
        tally.current,
        List.copyOf(tally.missing),
        List.copyOf(tally.overdue),
        List.copyOf(tally.unproven),
        List.copyOf(tally.restarts));
  }

  /** As in {@code Deployment swift-proxy}. */
  static String name(Consumer consumer) {
    return consumer.kind() + " " + consumer.name();
  }

  private static final class Tally {
    private static final int NAMED = 3;

    private final WantedRing wanted;
    private final ConsumerSettings settings;
    private final Instant now;
    private final List<Problem> missing = new ArrayList<>();
    private final List<Problem> overdue = new ArrayList<>();
    private final List<Problem> unproven = new ArrayList<>();
    private final List<Restart> restarts = new ArrayList<>();
    private int total;
    private int current;

    Tally(WantedRing wanted, ConsumerSettings settings, Instant now) {
      this.wanted = wanted;
      this.settings = settings;
      this.now = now;
    }

    void add(Group group) {
      Consumer consumer = group.consumer();
      Workload workload = group.workload();
      if (consumer.kind() == Kind.Addresses) {
        switch (consumer.proof()) {
          case Recon -> askEach(group);
          case Wait, Restart -> await(consumer);
        }
      } else if (workload == null) {
        lacks(consumer, Reason.ConsumerMissing, "there is none of this name", true);
      } else {
        switch (consumer.proof()) {
          case Recon -> askEach(group);
          case Restart -> restart(group, workload);
          case Wait -> await(consumer);
        }
      }
    }

    void addUncovered(String owner, String pods) {
      total++;
      Problem problem =
          Problem.ofConsumer(
              owner,
              Reason.ConsumerUncovered.name(),
              "%s mounts the ring (%s), and is not among spec.consumers; name it there, with how it proves the ring."
                  .formatted(owner, pods));
      missing.add(problem);
      overdue.add(problem);
    }

    private void askEach(Group group) {
      List<Missing> lacking = new ArrayList<>(absent(group));
      total += lacking.size();
      for (Member member : group.members()) {
        total++;
        Missing lack = missing(member);
        if (lack == null) {
          current++;
        } else {
          lacking.add(lack);
        }
      }
      if (!lacking.isEmpty()) {
        List<String> named =
            lacking.stream().limit(NAMED).map(lack -> lack.name + " " + lack.what).toList();
        Problem problem =
            problem(
                group.consumer(),
                lacking.getFirst().reason,
                "%d of %d have not proved the ring: %s%s"
                    .formatted(
                        lacking.size(),
                        Math.max(group.members().size(), desired(group)),
                        String.join("; ", named),
                        lacking.size() > NAMED
                            ? "; and %d more".formatted(lacking.size() - NAMED)
                            : ""));
        missing.add(problem);
        if (lacking.stream().anyMatch(lack -> lack.asked && isOverdue(lack.started))) {
          overdue.add(problem);
        }
      }
    }

    /**
     * Pods that are to be there and are not: one may run on where the API server does not see it.
     */
    private List<Missing> absent(Group group) {
      List<Missing> absent = new ArrayList<>();
      for (int number = group.members().size(); number < desired(group); number++) {
        absent.add(
            new Missing("one of its pods", Reason.ConsumerSilent, "is not there", true, null));
      }
      return absent;
    }

    private static int desired(Group group) {
      return group.workload() == null ? 0 : group.workload().desired();
    }

    /** Who has not been asked at all, as after a start of the operator, is not late. */
    private record Missing(
        String name, Reason reason, String what, boolean asked, @Nullable Instant started) {}

    private @Nullable Missing missing(Member member) {
      ReconAnswer answer = member.answer();
      if (answer != null && !answer.at().isBefore(now.minus(settings.proofAge()))) {
        String md5 = answer.rings().get(wanted.file());
        if (wanted.md5().equals(md5)) {
          return null;
        }
        return lack(member, Reason.ConsumerRingOutdated, otherRing(md5));
      }
      if (!member.running()) {
        return lack(member, Reason.ConsumerSilent, "does not run yet");
      }
      if (member.failure() != null) {
        return lack(member, Reason.ConsumerSilent, member.failure());
      }
      return lack(
          member,
          Reason.ConsumerSilent,
          answer == null ? "has not answered yet" : "last answered at " + answer.at());
    }

    private String otherRing(@Nullable String md5) {
      if (md5 == null) {
        return "knows no " + wanted.file();
      }
      return md5.equals(ReconAnswer.UNREADABLE)
          ? "can't read its " + wanted.file()
          : "has another %s, with md5 %s".formatted(wanted.file(), md5);
    }

    private static Missing lack(Member member, Reason reason, String what) {
      boolean asked = member.answer() != null || member.failure() != null || !member.running();
      return new Missing(member.name(), reason, what, asked, member.started());
    }

    private void restart(Group group, Workload workload) {
      Consumer consumer = group.consumer();
      Instant since = wanted.since();
      if (!wanted.published()) {
        proven();
        return;
      }
      if (since == null) {
        lacks(consumer, Reason.ConsumerRestarting, "it is to be restarted", false);
        return;
      }
      String stamp = stamp(wanted.md5(), since);
      if (!stamp.equals(workload.stamp())) {
        restarts.add(new Restart(consumer.kind(), consumer.name(), stamp));
        lacks(consumer, Reason.ConsumerRestarting, "it is to be restarted", isOverdue(null));
        return;
      }
      List<String> former =
          group.members().stream()
              .filter(member -> !stamp.equals(member.stamp()))
              .map(Member::name)
              .toList();
      boolean rolledOut =
          workload.observed()
              && workload.updated() == workload.desired()
              && workload.total() == workload.desired()
              && workload.available() >= workload.desired();
      if (rolledOut && former.isEmpty()) {
        proven();
        return;
      }
      lacks(
          consumer,
          Reason.ConsumerRestarting,
          "its restart has not ended: %d of %d pods are new, %d available%s"
              .formatted(
                  workload.updated(),
                  workload.desired(),
                  workload.available(),
                  former.isEmpty()
                      ? ""
                      : ", and these are from before: "
                          + String.join(", ", former.subList(0, Math.min(NAMED, former.size())))
                          + (former.size() > NAMED ? ", …" : "")),
          isOverdue(null));
    }

    private void await(Consumer consumer) {
      if (!wanted.published()) {
        proven();
        return;
      }
      Duration duration = GoDuration.parse(Objects.requireNonNullElse(consumer.duration(), "0s"));
      unproven.add(
          problem(
              consumer,
              Reason.ConsumerUnproven,
              "nobody sees whether it has the ring: it is given %s"
                  .formatted(Times.inWords(duration))));
      Instant since = wanted.since();
      Instant until = since == null ? Instant.MAX : since.plus(duration);
      if (now.isBefore(until)) {
        lacks(
            consumer,
            Reason.ConsumerUnproven,
            since == null ? "its time begins" : "it is given time until " + Times.format(until),
            false);
      } else {
        proven();
      }
    }

    private void proven() {
      total++;
      current++;
    }

    private void lacks(Consumer consumer, Reason reason, String what, boolean late) {
      total++;
      Problem problem = problem(consumer, reason, what);
      missing.add(problem);
      if (late) {
        overdue.add(problem);
      }
    }

    /** Who came later has its own time. */
    private boolean isOverdue(@Nullable Instant started) {
      Instant since = wanted.since();
      if (since == null) {
        return false;
      }
      Instant from = started == null || started.isBefore(since) ? since : started;
      return now.isAfter(from.plus(settings.staleAfter()));
    }

    private static Problem problem(Consumer consumer, Reason reason, String what) {
      return Problem.ofConsumer(
          consumer.name(), reason.name(), "%s: %s.".formatted(name(consumer), what));
    }
  }
}
