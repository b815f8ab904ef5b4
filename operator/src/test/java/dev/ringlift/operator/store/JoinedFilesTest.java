package dev.ringlift.operator.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringlift.ring.PartIndex;
import dev.ringlift.ring.RingFormatException;
import dev.ringlift.ring.RingParts;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JoinedFilesTest {
  private final Map<String, byte[]> stored = new HashMap<>();
  private int fetched;
  private Instant now = Instant.parse("2026-03-01T10:00:00Z");
  private final JoinedFiles files = new JoinedFiles(Duration.ofSeconds(30), () -> now);

  private PartIndex index(byte... content) {
    RingParts parts = RingParts.split("object.ring.gz", content, 1, "swift-rings");
    for (int i = 0; i < parts.contents().size(); i++) {
      stored.put(parts.index().parts().get(i).where(), parts.contents().get(i));
    }
    return parts.index();
  }

  private Optional<byte[]> part(String where, String name) {
    fetched++;
    return Optional.ofNullable(stored.get(where));
  }

  @Test
  void aFileIsFetchedAgainWhenItChangesOrHasNotBeenLookedAtForLong() throws Exception {
    PartIndex first = index((byte) 1, (byte) 2);
    assertThat(files.get("a", first, this::part)).containsExactly(1, 2);
    assertThat(files.get("a", first, this::part)).containsExactly(1, 2);
    assertThat(fetched).isEqualTo(2);

    PartIndex second = index((byte) 3);
    assertThat(files.get("b", second, this::part)).containsExactly(3);
    assertThat(files.get("a", first, this::part)).containsExactly(1, 2);
    assertThat(fetched).isEqualTo(3);
    assertThat(files.get("a", second, this::part)).containsExactly(3);
    assertThat(fetched).isEqualTo(4);

    now = now.plusSeconds(30);
    assertThat(files.get("a", second, this::part)).containsExactly(3);
    assertThat(fetched).isEqualTo(5);
  }

  @Test
  void whatIsMissingIsNotTakenToBeThereAnyMore() throws Exception {
    PartIndex index = index((byte) 1, (byte) 2);
    files.get("a", index, this::part);
    stored.clear();

    assertThat(files.get("a", index, this::part)).hasSize(2);
    files.forget("a");
    assertThatThrownBy(() -> files.get("a", index, this::part))
        .isInstanceOf(RingFormatException.class);
  }
}
