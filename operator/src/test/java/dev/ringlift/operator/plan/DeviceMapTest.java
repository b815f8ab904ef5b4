package dev.ringlift.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.operator.plan.Observation.Node;
import dev.ringlift.ring.RingDevice;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which node a device of the ring belongs to. */
class DeviceMapTest {

  private static RingDevice device(String name, String ip, String replicationIp) {
    return new RingDevice(0, 1, 1, ip, 6200, replicationIp, 6200, name, 1, "");
  }

  private static Node node(String name, String... addresses) {
    return new Node(name, Set.of(addresses), Map.of(), null, null);
  }

  @Test
  void aDeviceBelongsToTheNodeWithItsAddressOrItsReplicationAddress() {
    DeviceMap map =
        DeviceMap.of(
            List.of(device("d1", "10.0.0.1", "10.9.0.1"), device("d2", "172.16.0.2", "10.9.0.2")),
            List.of(node("a", "10.0.0.1"), node("b", "10.9.0.2")));

    assertThat(map.problems()).isEmpty();
    assertThat(map.ringDevices()).containsEntry("a", Set.of("d1")).containsEntry("b", Set.of("d2"));
  }

  @Test
  void addressesThatMeanTheSameMatchHoweverTheyAreWritten() {
    DeviceMap map =
        DeviceMap.of(
            List.of(
                device("d1", "fd00:0:0:0::1", "fd00:0:0:0::1"), device("d2", "Store-2", "Store-2")),
            List.of(node("a", "FD00::1"), node("b", "store-2")));

    assertThat(map.problems()).isEmpty();
    assertThat(map.ringDevices()).containsOnlyKeys("a", "b");
  }

  @Test
  void aDeviceWhoseTwoAddressesLeadToTwoNodesBelongsToNone() {
    DeviceMap map =
        DeviceMap.of(
            List.of(device("d1", "10.0.0.1", "10.0.0.2")),
            List.of(node("a", "10.0.0.1"), node("b", "10.0.0.2")));

    assertThat(map.ringDevices()).isEmpty();
    assertThat(map.problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.reason()).isEqualTo(Reason.DeviceAmbiguous.name());
              assertThat(problem.message()).contains("a, b");
            });
  }
}
