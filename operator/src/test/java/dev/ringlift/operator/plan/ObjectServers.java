package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.Consumer;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Object servers that can be asked, of clusters that are only models. */
final class ObjectServers {
  private ObjectServers() {}

  /**
   * Of these hosts, which have the ring, and tell of a replication pass that began at that time.
   */
  static Audience.Group replicated(
      List<String> hosts, String ringFile, String ringMd5, Instant now, Instant begun) {
    List<String> addresses = hosts.stream().map(host -> host + ":6200").toList();
    Consumer servers =
        new Consumer(
            Consumer.Kind.Addresses,
            "servers",
            Consumer.Role.Object,
            Consumer.Proof.Recon,
            null,
            null,
            addresses);
    ReconAnswer answer = new ReconAnswer(now, Map.of(ringFile, ringMd5), null, null, begun);
    return new Audience.Group(
        servers,
        null,
        addresses.stream()
            .map(each -> new Audience.Member(each, true, false, null, null, answer, null))
            .toList());
  }
}
