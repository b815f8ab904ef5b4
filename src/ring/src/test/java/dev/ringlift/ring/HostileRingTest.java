package dev.ringlift.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Rings that lie about themselves, or inflate to more than there is memory for, are refused. */
class HostileRingTest {
  private static final String DEVICE =
      "{\"device\": \"d\", \"id\": 0, \"ip\": \"10.0.0.1\", \"meta\": \"\", \"port\": 1,"
          + " \"region\": 1, \"weight\": 1.0, \"zone\": 1}";

  /** A ring of format 1 with this description and so many bytes of table. */
  static byte[] ring(String description, long declaredLength, int tableBytes) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (RingOutput out = new RingOutput(bytes, "object.ring", 1)) {
      out.write(ByteBuffer.allocate(4).putInt((int) declaredLength).array());
      out.ascii(description);
      byte[] zeros = new byte[1 << 20];
      for (int left = tableBytes; left > 0; left -= zeros.length) {
        out.write(zeros, 0, Math.min(left, zeros.length));
      }
      out.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] ring(String description, int tableBytes) {
    return ring(description, description.length(), tableBytes);
  }

  private static String description(int partShift, long rows, String more) {
    return "{\"byteorder\": \"little\", \"devs\": [%s], \"part_shift\": %d, \"replica_count\": %d%s}"
        .formatted(DEVICE, partShift, rows, more);
  }

  static Stream<Arguments> lies() {
    return Stream.of(
        Arguments.of("a power above 32", ring(description(-1, 1, ""), 8)),
        Arguments.of("a negative power", ring(description(33, 1, ""), 8)),
        Arguments.of("a huge power", ring(description(0, 1, ""), 8)),
        Arguments.of("a table that bursts", ring(description(7, 3, ""), 1 << 27)),
        Arguments.of("a billion rows", ring(description(32, 1_000_000_000, ""), 8)),
        Arguments.of("a negative number of rows", ring(description(30, -1, ""), 8)),
        Arguments.of("a missing row", ring(description(30, 3, ""), 8)),
        Arguments.of("half a cell", ring(description(30, 1, ""), 7)),
        Arguments.of("a row too many", ring(description(30, 1, ""), 16)),
        Arguments.of(
            "a next power of its own", ring(description(30, 1, ", \"next_part_power\": 7"), 8)),
        Arguments.of("a version that is none", ring(description(30, 1, ", \"version\": \"9\""), 8)),
        Arguments.of(
            "an unknown byte order", ring(description(30, 1, ", \"byteorder\": \"middle\""), 8)),
        Arguments.of("a description longer than the file", ring("{}", 0xFFFF_FFFFL, 0)),
        Arguments.of("a description of spaces", ring(" ".repeat(1 << 27), 0)),
        Arguments.of("a description of zeros", ring("[" + "0,".repeat(1 << 25) + "0]", 0)),
        Arguments.of("a description of lists", ring("[" + "[],".repeat(1 << 22) + "0]", 0)),
        Arguments.of("deep lists", ring("[".repeat(1 << 20), 0)),
        Arguments.of("a long number", ring("9".repeat(1 << 20), 0)),
        Arguments.of("a long text", ring("\"" + "x".repeat(1 << 25) + "\"", 0)),
        Arguments.of("a description that goes on", ring("{} {}", 0)),
        Arguments.of("no devices", ring("{\"part_shift\": 30, \"replica_count\": 1}", 8)),
        Arguments.of("no object", ring("[]", 0)),
        Arguments.of("nothing", new byte[0]));
  }

  private static String name(String key, String name) {
    return description(30, 1, "")
        .replaceFirst("\"" + key + "\": \"[^\"]*\"", "\"" + key + "\": \"" + name + "\"");
  }

  /** Names become parts of paths, and stand in messages and logs. */
  static Stream<Arguments> names() {
    return Stream.of(
        Arguments.of("a way out", name("device", "..")),
        Arguments.of("its own folder", name("device", ".")),
        Arguments.of("a way elsewhere", name("device", "../../etc/swift")),
        Arguments.of("an absolute path", name("device", "/etc")),
        Arguments.of(
            "a line of its own in a log", name("device", "d\\\\n2026-01-01 INFO all is well")),
        Arguments.of("colours for a terminal", name("device", "\\\\u001b[2Jd1")),
        Arguments.of("an end for C", name("device", "d1\\\\u0000")),
        Arguments.of("more than a file system takes", name("device", "d".repeat(256))),
        Arguments.of("an address with a line break", name("ip", "10.0.0.1\\\\r\\\\nHost: x")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("names")
  void refusesADeviceWhoseNameIsMoreThanAName(String attack, String description) {
    assertThat(Guarded.read(ring(description, 8), Guarded::useRing))
        .as(attack)
        .hasValueSatisfying(
            sentence ->
                assertThat(sentence)
                    .matches("Its device 0 has a value for '(device|ip)' that can't be a name\\."));
  }

  @Test
  void takesAnyOtherName() {
    for (String name : List.of("d", "..d", "sdb1", "Disk 1", "d".repeat(255))) {
      assertThat(Guarded.read(ring(name("device", name), 8), Guarded::useRing)).as(name).isEmpty();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lies")
  void isRefused(String lie, byte[] file) {
    assertThat(Guarded.read(file, Guarded::useRing)).as(lie).isPresent();
  }

  @Test
  void aModestOneIsAccepted() {
    assertThat(Guarded.read(ring(description(30, 1, ""), 8), Guarded::useRing)).isEmpty();
  }

  @Test
  void refusesADeviceThatIsNoneOrNotInItsPlace() {
    String misplaced = description(30, 1, "").replace("\"id\": 0", "\"id\": 1");

    assertThat(Guarded.read(ring(misplaced, 8), Guarded::useRing))
        .contains("Its device 0 says that its id is 1, not its place in the list.");
    assertThat(Guarded.read(ring(description(30, 1, "").replace(DEVICE, "7"), 8), Guarded::useRing))
        .contains("Its device 0 is neither a device nor a hole.");
    assertThat(
            Guarded.read(ring(description(30, 1, "").replace(DEVICE, "null"), 8), Guarded::useRing))
        .contains("It assigns replica 0 of partition 0 to device 0, which it does not have.");
  }
}
