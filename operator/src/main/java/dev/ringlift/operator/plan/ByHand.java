package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.operator.plan.StoredRing.Export;
import dev.ringlift.ring.RingFileName;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the user has to do because of the ring that was published last, where no program does. */
final class ByHand {
  private ByHand() {}

  /**
   * Nothing, before that ring is in the store.
   *
   * @param last what was last written to the status before a store was to be; null if nothing was
   */
  static List<Announcement> of(StoredRing.Pair pair, @Nullable Publication last, int policyIndex) {
    if (last == null || !last.md5().equals(pair.ringMd5())) {
      return List.of();
    }
    List<Announcement> all = new ArrayList<>();
    Export export = pair.export();
    if (export != null) {
      all.add(
          Announcement.normal(
              EventReason.RingToDeploy,
              "Bring %s of ConfigMap %s to every storage node and every other process that loads it: md5 %s, version %s."
                  .formatted(export.key(), export.configMap(), last.md5(), version(last))));
    }
    if (pair.builder() == null) {
      // No command makes the ring of another hand that was taken over.
      Transitions.named(last.transition())
          .map(
              transition ->
                  Announcement.warning(
                      EventReason.BuilderToFollow.name(),
                      "On the builder that you keep, run: swift-ring-builder %s %s. It then has version %s, and belongs to this ring; deploy no ring that is written from it before."
                          .formatted(
                              RingFileName.builder(policyIndex),
                              transition.swiftCommand(),
                              version(last))))
          .ifPresent(all::add);
    }
    return all;
  }

  private static String version(Publication publication) {
    return publication.version() == null ? "unknown" : publication.version().toString();
  }

  /** Their sentences behind another. */
  static String after(String message, List<Announcement> byHand) {
    return byHand.isEmpty()
        ? message
        : message
            + byHand.stream().map(Announcement::message).collect(Collectors.joining(" ", " ", ""));
  }
}
