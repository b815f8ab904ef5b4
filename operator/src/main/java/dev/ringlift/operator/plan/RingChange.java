package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Names what another hand changed: the ring and builder that are there now, held against the ring
 * that was published. Of that, the status keeps the bare facts; with the ring itself (from a
 * backup) devices and partitions can be told too.
 */
final class RingChange {
  private static final int DEVICES_NAMED = 3;

  private final List<String> changes = new ArrayList<>();

  private RingChange() {}

  /**
   * All differences, in one line without a full stop.
   *
   * @param published what the status says of the ring that was published
   * @param before that ring itself; null if no backup holds it
   * @param intent what was last written to the status before a store was to be
   */
  static String between(
      PublishedRing published,
      @Nullable Ring before,
      StoredRing.Pair now,
      @Nullable Publication intent) {
    RingChange change = new RingChange();
    change.powers(published, now.ring());
    change.version(published, now.ring());
    change.devices(published, before, now.ring());
    if (before != null) {
      change.partitions(before, now.ring());
    }
    change.builder(published, now, intent);
    if (change.changes.isEmpty()) {
      change.changes.add(
          published.md5().equals(now.ringMd5())
              ? "only the builder was written anew"
              : "the same content was written as another file");
    }
    return String.join("; ", change.changes);
  }

  private void powers(PublishedRing published, Ring now) {
    if (published.partPower() != now.partPower()
        || !Objects.equals(published.nextPartPower(), now.nextPartPower())) {
      changes.add(
          "partition power %s, not %s"
              .formatted(
                  powers(now.partPower(), now.nextPartPower()),
                  powers(published.partPower(), published.nextPartPower())));
    }
  }

  static String powers(int partPower, @Nullable Integer next) {
    return partPower + (next == null ? " (no next one)" : " (next " + next + ")");
  }

  private void version(PublishedRing published, Ring now) {
    Long before = published.version();
    Long version = now.version();
    if (!Objects.equals(before, version)) {
      boolean lower = before != null && version != null && version < before;
      changes.add(
          "version %s, not %s%s"
              .formatted(
                  version == null ? "none" : version,
                  before == null ? "none" : before,
                  lower ? ", which is a lower one" : ""));
    }
  }

  private void devices(PublishedRing published, @Nullable Ring before, Ring now) {
    if (before == null) {
      int count = RingDevices.of(now).size();
      if (published.devices() != null && published.devices() != count) {
        changes.add("%d devices, not %d".formatted(count, published.devices()));
      }
      return;
    }
    List<@Nullable RingDevice> old = before.devices();
    List<@Nullable RingDevice> present = now.devices();
    List<String> added = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    List<String> weighted = new ArrayList<>();
    List<String> edited = new ArrayList<>();
    for (int id = 0; id < Math.max(old.size(), present.size()); id++) {
      RingDevice was = id < old.size() ? old.get(id) : null;
      RingDevice is = id < present.size() ? present.get(id) : null;
      if (was == null && is != null) {
        added.add(name(is));
      } else if (was != null && is == null) {
        removed.add(name(was));
      } else if (was != null && is != null && !was.equals(is)) {
        if (was.weight() == is.weight()) {
          edited.add(place(was).equals(place(is)) ? name(was) : name(was) + " now " + place(is));
        } else {
          weighted.add("%s: %s, not %s".formatted(name(is), is.weight(), was.weight()));
        }
      }
    }
    list("added", added);
    list("removed", removed);
    list("of another weight", weighted);
    list("edited", edited);
  }

  private static String name(RingDevice device) {
    return "d%d %s".formatted(device.id(), place(device));
  }

  private static String place(RingDevice device) {
    return "%s:%d/%s".formatted(device.ip(), device.port(), device.device());
  }

  private void list(String what, List<String> devices) {
    if (devices.isEmpty()) {
      return;
    }
    int shown = Math.min(DEVICES_NAMED, devices.size());
    changes.add(
        "%d device%s %s (%s%s)"
            .formatted(
                devices.size(),
                devices.size() == 1 ? "" : "s",
                what,
                String.join(", ", devices.subList(0, shown)),
                devices.size() > shown ? " and others" : ""));
  }

  /**
   * Rings of different powers are held against each other at the higher one: a partition's children
   * belong where it did.
   */
  private void partitions(Ring before, Ring now) {
    if (before.replicas() != now.replicas()) {
      changes.add("%s replicas, not %s".formatted(now.replicas(), before.replicas()));
    }
    int power = Math.max(before.partPower(), now.partPower());
    int rows = Math.min(before.replicaRows(), now.replicaRows());
    long moved = 0;
    for (int row = 0; row < rows; row++) {
      for (int partition = 0; partition < 1 << power; partition++) {
        int was = partition >> (power - before.partPower());
        int is = partition >> (power - now.partPower());
        if (was < before.rowLength(row)
            && is < now.rowLength(row)
            && before.deviceId(row, was) != now.deviceId(row, is)) {
          moved++;
        }
      }
    }
    if (moved > 0) {
      changes.add(
          String.format(
              Locale.ROOT,
              "%,d of %,d replicas of partitions assigned to another device",
              moved,
              (long) rows << power));
    }
  }

  private void builder(PublishedRing published, StoredRing.Pair now, @Nullable Publication intent) {
    RingBuilder builder = now.builder();
    if (builder != null && isAnotherBuilder(published, builder)) {
      changes.add(
          "the builder is another one, with id %s, not %s"
              .formatted(builder.id(), published.builderId()));
    }
    difference(now, intent)
        .ifPresent(
            difference ->
                changes.add(
                    (published.md5().equals(now.ringMd5())
                            ? "the builder without the ring"
                            : "ring and builder no longer belong together")
                        + " ("
                        + difference.replaceFirst("\\.$", "")
                        + ")"));
  }

  static boolean isAnotherBuilder(PublishedRing published, @Nullable RingBuilder builder) {
    return builder != null
        && published.builderId() != null
        && !published.builderId().equals(builder.id());
  }

  /** Why ring and builder don't belong together, if they don't; empty also where none is kept. */
  static Optional<String> difference(StoredRing.Pair pair, @Nullable Publication intent) {
    return BuilderState.of(pair, intent) instanceof BuilderState.Differs differs
        ? Optional.of(differs.difference())
        : Optional.empty();
  }
}
