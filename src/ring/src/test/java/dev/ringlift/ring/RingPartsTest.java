package dev.ringlift.ring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class RingPartsTest {
  private static final String RING = "object.ring.gz";
  private static final int FUZZED = 5_000;

  /** What it is does not matter here; but a ring this small would be too few parts. */
  private final byte[] content = Clusters.builder(8, 3, 12).toBytes();

  private final RingParts parts = RingParts.split(RING, content, 300, "swift-rings");

  /** By place and name. */
  private static Map<String, byte[]> stored(RingParts parts) {
    Map<String, byte[]> stored = new HashMap<>();
    for (int i = 0; i < parts.contents().size(); i++) {
      PartIndex.Part part = parts.index().parts().get(i);
      stored.put(part.where() + "/" + part.name(), parts.contents().get(i));
    }
    return stored;
  }

  private static PartIndex.Source source(Map<String, byte[]> stored) {
    return (where, name) -> Optional.ofNullable(stored.get(where + "/" + name));
  }

  private String index() {
    return new String(parts.index().toBytes(), UTF_8);
  }

  @Test
  void comesBackAsItWas() throws Exception {
    PartIndex read = PartIndex.read(parts.index().toBytes(), RING);

    assertThat(read).isEqualTo(parts.index());
    assertThat(read.parts()).hasSizeGreaterThan(2);
    assertThat(read.parts().getFirst().name()).isEqualTo("object.ring.gz.00001");
    assertThat(read.parts().getFirst().where())
        .matches("swift-rings-object\\.ring\\.gz-[0-9a-f]{20}-00001");
    assertThat(read.join(source(stored(parts)))).isEqualTo(content);
  }

  @Test
  void everySizeComesBack() throws Exception {
    for (int size = 1; size <= 20; size++) {
      for (int limit = 1; limit <= 21; limit++) {
        byte[] some = Arrays.copyOf(content, size);
        RingParts split = RingParts.split("object-12.builder", some, limit, "m");

        assertThat(split.contents()).hasSize(RingParts.count(size, limit));
        assertThat(
                PartIndex.read(split.index().toBytes(), "object-12.builder")
                    .join(source(stored(split))))
            .isEqualTo(some);
      }
    }
  }

  @Test
  void contentsAndCutsThatDifferShareNoPlace() {
    List<String> places = new ArrayList<>();
    byte[] other = content.clone();
    other[other.length - 1] ^= 1; // all parts but the last are the same
    for (RingParts split :
        List.of(
            parts,
            RingParts.split(RING, other, 300, "swift-rings"),
            RingParts.split(RING, content, 301, "swift-rings"),
            RingParts.split(RING, content, 300, "other"),
            RingParts.split("object-1.ring.gz", content, 300, "swift-rings"))) {
      split.index().parts().forEach(part -> places.add(part.where()));
    }

    assertThat(places).doesNotHaveDuplicates();
  }

  @Test
  void placesHaveNamesThatKubernetesTakes() throws Exception {
    String longest = "a".repeat(186) + "." + "b".repeat(66);
    RingParts split = RingParts.split("object-12.builder", content, 1000, longest);

    assertThat(split.index().parts())
        .allSatisfy(part -> assertThat(part.where()).hasSizeLessThanOrEqualTo(253));
    assertThat(PartIndex.read(split.index().toBytes(), "object-12.builder"))
        .isEqualTo(split.index());
  }

  @Test
  void refusesToSplitWhatItCouldNotJoin() {
    assertThatThrownBy(() -> RingParts.split("account.ring.gz", content, 300, "m"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RingParts.split(RING, new byte[0], 300, "m"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RingParts.split(RING, new byte[1001], 1, "m"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void saysWhichPartIsNotWhatItShouldBe() {
    Map<String, byte[]> stored = stored(parts);
    PartIndex.Part second = parts.index().parts().get(1);
    String key = second.where() + "/" + second.name();
    byte[] right = parts.contents().get(1);

    stored.remove(key);
    assertRefused(stored, "Its part object.ring.gz.00002 is not in " + second.where() + ".");
    stored.put(key, Arrays.copyOf(right, 299));
    assertRefused(
        stored, "Its part object.ring.gz.00002 is 299 bytes long, and not 300 as its index says.");
    byte[] flipped = right.clone();
    flipped[7] ^= 1;
    stored.put(key, flipped);
    assertRefused(stored, "Its part object.ring.gz.00002 has another sha256 than its index says.");
  }

  private void assertRefused(Map<String, byte[]> stored, String sentence) {
    assertThatThrownBy(() -> parts.index().join(source(stored)))
        .isInstanceOf(RingFormatException.class)
        .hasMessage(sentence);
  }

  @Test
  void refusesAWholeThatIsAnother() throws Exception {
    String forged = index().replace(parts.index().sha256(), "0".repeat(64));
    PartIndex read = PartIndex.read(forged.getBytes(UTF_8), RING);

    assertThatThrownBy(() -> read.join(source(stored(parts))))
        .hasMessage("Its parts together have another sha256 than its index says.");
  }

  @Test
  void refusesAHostileIndex() {
    PartIndex.Part first = parts.index().parts().getFirst();
    assertRefused(index().replace(first.where(), "../../etc"), "Part 1 in its index is in a place");
    assertRefused(index().replace(first.where(), "a".repeat(254)), "Part 1 in its index is in a");
    assertRefused(
        index().replace(first.name(), "../object.ring.gz.00001"),
        "Part 1 in its index is not named object.ring.gz.00001.");
    assertRefused(
        index().replace(parts.index().parts().get(1).where(), first.where()),
        "Its index has two parts in the same place, part 2 being the second.");
    assertRefused(
        index().replace("\"file\": \"object.ring.gz\"", "\"file\": \"object-1.ring.gz\""),
        "Its index is not that of object.ring.gz.");
    assertRefused(
        index().replace("\"format\": 1", "\"format\": 2"),
        "Its index has a format that is not known; 1 is.");
    assertRefused(
        index().replaceFirst("\"size\": 300", "\"size\": 299"), "The parts in its index are");
    assertRefused(
        index().replaceFirst("\"size\": 300", "\"size\": 99999999999"), "The size of part 1 is");
    assertRefused(
        index().replaceFirst("\"size\": 300", "\"size\": -300"), "The size of part 1 is -300");
    assertRefused(
        index().replaceFirst("\"size\": 300", "\"size\": 300.5"), "Its 'size' of part 1 is not");
    assertRefused(
        index().replaceFirst("\"size\": 300", "\"size\": 300, \"size\": 300"),
        "In its index, part");
    assertRefused(index().replace(first.sha256(), "0"), "The sha256 of part 1 is none.");
    assertRefused(index().replace("\"format\"", "\"more\": 1, \"format\""), "Its index has a key");
    assertRefused("[]", "Its index is not an object.");
    assertRefused("{\"file\"", "Its index is not the JSON text of one.");
    assertRefused("[".repeat(100_000), "Its index is not the JSON text of one.");
    assertRefused(" ".repeat(600_000), "Its index is 600000 bytes long");
    assertRefused(
        "{\"file\": \"object.ring.gz\", \"format\": 1, \"parts\": [], \"sha256\": \"\", \"size\":"
            + " 0}",
        "Its index has 0 parts; 1 to 1000 are possible.");
    assertRefused(
        "{\"file\": \"object.ring.gz\", \"format\": 1, \"parts\": [%s0], \"size\": 0}"
            .formatted("0,".repeat(200_000)),
        "Its index has 200001 parts; 1 to 1000 are possible.");
  }

  private static void assertRefused(String index, String begin) {
    assertThatThrownBy(() -> PartIndex.read(index.getBytes(UTF_8), RING))
        .isInstanceOf(RingFormatException.class)
        .hasMessageStartingWith(begin)
        .message()
        .matches("[A-Z][ -~]*\\.")
        .hasSizeLessThan(300);
  }

  @Test
  void aDamagedIndexNeverBringsAnotherFile() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(4711);
    PartIndex.Source source = source(stored(parts));
    int refused = 0;
    for (int i = 0; i < FUZZED; i++) {
      byte[] damaged = parts.index().toBytes();
      for (int damages = 1 + random.nextInt(3); damages > 0; damages--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Optional<String> refusal =
          Guarded.read(
              damaged,
              index -> assertThat(PartIndex.read(index, RING).join(source)).isEqualTo(content));
      refused += refusal.isPresent() ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(FUZZED / 2);
  }

  @Test
  void isFoundWholeOrInPartsAndNeverBoth() throws Exception {
    Map<String, byte[]> values = new HashMap<>();
    KeptFile.Values find = name -> Optional.ofNullable(values.get(name));
    assertThat(KeptFile.find(RING, find)).isEmpty();

    values.put("object.ring.gz.index", parts.index().toBytes());
    KeptFile inParts = KeptFile.find(RING, find).orElseThrow();
    assertThat(inParts.index()).contains(parts.index());
    assertThat(inParts.content(source(stored(parts)))).isEqualTo(content);

    values.put(RING, content);
    assertThatThrownBy(() -> KeptFile.find(RING, find))
        .hasMessage(
            "It is there twice, whole and as object.ring.gz.index: remove the key that is not to"
                + " count.");

    values.remove("object.ring.gz.index");
    assertThat(KeptFile.find(RING, find).orElseThrow().content((where, name) -> Optional.empty()))
        .isEqualTo(content);
  }

  @Test
  void onlyWhatHasNoRoomIsLaidOutInParts() {
    Map<String, byte[]> files = Map.of(RING, new byte[400], "object.builder", new byte[900]);

    RingLayout roomy = RingLayout.of(files, "m", 1000, 1300);
    assertThat(roomy.whole()).containsOnlyKeys(RING, "object.builder");
    assertThat(roomy.size()).isEqualTo(1300);

    RingLayout tight = RingLayout.of(files, "m", 1000, 1299);
    assertThat(tight.whole()).containsOnlyKeys(RING);
    assertThat(tight.inParts()).containsOnlyKeys("object.builder");
    assertThat(tight.size())
        .isEqualTo(400 + tight.inParts().values().iterator().next().index().toBytes().length);

    RingLayout small = RingLayout.of(files, "m", 399, 1300);
    assertThat(small.whole()).isEmpty();
    assertThat(small.inParts().values())
        .extracting(parts -> parts.contents().size())
        .containsExactly(3, 2);
  }
}
