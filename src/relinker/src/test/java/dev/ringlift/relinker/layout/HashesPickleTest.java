package dev.ringlift.relinker.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** hashes.pkl, as Python writes and reads it. */
class HashesPickleTest {
  @Test
  void whatIsWrittenIsReadAgain() {
    TreeMap<Integer, Optional<SuffixHash>> hashes = new TreeMap<>();
    hashes.put(0xabc, Optional.of(SuffixHash.replicated("d41d8cd98f00b204e9800998ecf8427e")));
    hashes.put(0, Optional.empty());
    hashes.put(
        0xfff, Optional.of(SuffixHash.erasureCoded(Map.of(SuffixHash.NO_FRAGMENT, "aa", 3, "bb"))));
    SuffixHashes written = new SuffixHashes(true, 1.7e9, hashes);

    assertThat(HashesPickle.read(HashesPickle.write(written))).isEqualTo(written);
  }

  @Test
  void pythonsPickleIsRead() {
    // pickle.dumps({'abc': 'd41d', '001': None, 'valid': True, 'updated': 1.5}, 2)
    byte[] python =
        HexFormat.of()
            .parseHex(
                "80027d7100285803000000616263710158040000006434316471025803000000303031"
                    + "71034e580500000076616c69647104885807000000757064617465647105473ff80000000000"
                    + "00752e");

    SuffixHashes read = HashesPickle.read(python);

    assertThat(read.valid()).isTrue();
    assertThat(read.updated()).isEqualTo(1.5);
    assertThat(read.bySuffix())
        .containsEntry(0xabc, Optional.of(SuffixHash.replicated("d41d")))
        .containsEntry(1, Optional.empty());
  }

  @Test
  void aPickleThatCallsAFunctionIsInvalidAndCallsNothing() {
    byte[] attack = "cos\nsystem\n(S'touch /tmp/owned'\ntR.".getBytes(StandardCharsets.US_ASCII);

    assertThat(HashesPickle.read(attack)).isEqualTo(SuffixHashes.invalid());
  }

  /** Whoever looks for such a key in such a dict does so for ever. */
  @Test
  void aDictThatIsAKeyOfItselfIsInvalid() {
    byte[] loop = "}q\0h\0Nsh\0Ns.".getBytes(StandardCharsets.US_ASCII);

    assertThat(HashesPickle.read(loop)).isEqualTo(SuffixHashes.invalid());
  }

  @Test
  void millionsOfDictsAreInvalidBeforeTheyFillTheHeap() {
    byte[] dicts = "}".repeat(16 << 20).getBytes(StandardCharsets.US_ASCII);

    assertThat(HashesPickle.read(dicts)).isEqualTo(SuffixHashes.invalid());
  }

  @Test
  void brokenFilesAreInvalid() {
    byte[] good =
        HashesPickle.write(new SuffixHashes(true, 1, new TreeMap<>(Map.of(1, Optional.empty()))));
    for (int length = 0; length < good.length; length++) {
      assertThat(HashesPickle.read(java.util.Arrays.copyOf(good, length)).valid()).isFalse();
    }
  }

  /** Opcodes that cost a byte each on the disk and sixty on the heap, and a dict within itself. */
  @Test
  void aFileThatAsksForMoreThanAnyPartitionHasIsInvalidBeforeItFillsTheHeap() {
    int size = 4 << 20;
    for (String bomb :
        List.of("}", "(", "N", "}\u0094", "\u008c\0", "}q\0h\0", "}q\0h\0h\0s", "(d")) {
      byte[] opcodes = bomb.getBytes(StandardCharsets.ISO_8859_1);
      byte[] file = new byte[size];
      for (int i = 0; i < size; i++) {
        file[i] = opcodes[i % opcodes.length];
      }
      var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = thread.getCurrentThreadAllocatedBytes();

      assertThat(HashesPickle.read(file)).as(bomb).isEqualTo(SuffixHashes.invalid());

      assertThat(thread.getCurrentThreadAllocatedBytes() - before)
          .as("bytes that %s took", bomb)
          .isLessThan(64 << 20);
    }
  }

  @Test
  void theLargestThatAPartitionCanHaveIsRead() {
    TreeMap<Integer, Optional<SuffixHash>> hashes = new TreeMap<>();
    Map<Integer, String> fragments = new HashMap<>();
    for (int fragment = -1; fragment < 20; fragment++) {
      fragments.put(fragment < 0 ? SuffixHash.NO_FRAGMENT : fragment, "d41d8cd98f00b204e9800998");
    }
    for (int suffix = 0; suffix < 4096; suffix++) {
      hashes.put(suffix, Optional.of(SuffixHash.erasureCoded(fragments)));
    }
    SuffixHashes written = new SuffixHashes(true, 1, hashes);

    assertThat(HashesPickle.read(HashesPickle.write(written))).isEqualTo(written);
  }
}
