package dev.ringlift.operator.plan;

import dev.ringlift.ring.Md5;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingDevice;
import dev.ringlift.ring.RingPair;
import dev.ringlift.ring.Transition;
import dev.ringlift.ring.TransitionRefusedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Every ring and builder that was ever made, by md5, so that a {@link World} is small. */
final class KnownRings {
  /** Ring and builder that belong together. */
  record Made(String ring, String builder) {}

  private final Map<String, Ring> rings = new HashMap<>();
  private final Map<String, RingBuilder> builders = new HashMap<>();
  private final Map<Made, Boolean> agree = new HashMap<>();
  private final Map<String, Made> reweighed = new HashMap<>();
  private final Map<String, Made> cancelled = new HashMap<>();

  Ring ring(String md5) {
    return Objects.requireNonNull(rings.get(md5), md5);
  }

  RingBuilder builder(String md5) {
    return Objects.requireNonNull(builders.get(md5), md5);
  }

  String keep(Ring ring) {
    String md5 = Md5.hex(ring.toBytes());
    rings.putIfAbsent(md5, ring);
    return md5;
  }

  String keep(RingBuilder builder) {
    String md5 = Md5.hex(builder.toBytes());
    builders.putIfAbsent(md5, builder);
    return md5;
  }

  boolean agree(String ring, String builder) {
    return agree.computeIfAbsent(
        new Made(ring, builder),
        made -> RingPair.difference(ring(ring), builder(builder)).isEmpty());
  }

  private Made made(RingBuilder builder) {
    return new Made(keep(builder.toRing(1)), keep(builder));
  }

  /** Of replicas on every node, each device with the address of its node. */
  Made create(int partPower, int nodes) {
    List<RingDevice> devices = new ArrayList<>();
    for (int node = 1; node <= nodes; node++) {
      String ip = "10.0.0." + node;
      devices.add(new RingDevice(node - 1, 1, node, ip, 6200, ip, 6200, "sd" + node, 100.0, ""));
    }
    return made(RingBuilder.create(partPower, Math.min(3, nodes), devices));
  }

  /** As by another hand's cancel_increase_partition_power and write_ring. */
  Made cancelled(String builder) {
    return cancelled.computeIfAbsent(builder, md5 -> made(after(builder(md5), Transition.CANCEL)));
  }

  /** As by another hand's set_weight and write_ring. */
  Made reweighed(String builder) {
    return reweighed.computeIfAbsent(builder, md5 -> made(reweigh(builder(md5))));
  }

  private static RingBuilder reweigh(RingBuilder builder) {
    Integer next = builder.nextPartPower();
    boolean increased = next != null && next == builder.partPower();
    int power = increased ? builder.partPower() - 1 : builder.partPower();
    List<@Nullable RingDevice> devices = new ArrayList<>(builder.devices());
    RingDevice first = Objects.requireNonNull(devices.getFirst());
    devices.set(
        0,
        new RingDevice(
            first.id(),
            first.region(),
            first.zone(),
            first.ip(),
            first.port(),
            first.replicationIp(),
            first.replicationPort(),
            first.device(),
            first.weight() / 2,
            first.meta()));
    List<int[]> rows = new ArrayList<>();
    for (int replica = 0; replica < builder.replicaRows(); replica++) {
      int[] row = new int[1 << power];
      for (int partition = 0; partition < row.length; partition++) {
        row[partition] = builder.deviceId(replica, partition << (builder.partPower() - power));
      }
      rows.add(row);
    }
    RingBuilder made = RingBuilder.create(power, rows, devices);
    if (next != null) {
      made = after(made, Transition.PREPARE);
    }
    return increased ? after(made, Transition.INCREASE) : made;
  }

  private static RingBuilder after(RingBuilder builder, Transition transition) {
    try {
      return builder.after(transition, Site.NOW);
    } catch (TransitionRefusedException e) {
      throw new AssertionError(e);
    }
  }
}
