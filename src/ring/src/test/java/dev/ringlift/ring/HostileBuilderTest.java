package dev.ringlift.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Pickles that would run code, or ask for more memory or time than there is, are refused. */
class HostileBuilderTest {

  static Stream<Arguments> attacks() {
    return Stream.of(
        Arguments.of("a call", new Pickles().add("cos\nsystem\n(Vtouch /tmp/owned\ntR.")),
        Arguments.of(
            "a call by names on the stack",
            new Pickles().add(0x80, 4).add("\u008c\u0002os\u008c\u0006system\u0093)R.")),
        Arguments.of("another name of the array module", new Pickles().add("carray\ntypecodes\n.")),
        Arguments.of("an instance", new Pickles().add("(ios\nsystem\n.")),
        Arguments.of("an object", new Pickles().add("(cos\nsystem\no.")),
        Arguments.of("a new object", new Pickles().add(0x80, 2).add("carray\narray\n)\u0081.")),
        Arguments.of("a state", new Pickles().add("}}b.")),
        Arguments.of("a persistent id", new Pickles().add("Pspam\n.")),
        Arguments.of("an extension", new Pickles().add(0x80, 2, 0x82, 1, '.')),
        Arguments.of("an out-of-band buffer", new Pickles().add(0x80, 5, 0x97, '.')),
        Arguments.of(
            "an array of a number", new Pickles().add("carray\narray\nX\1\0\0\0HK\7\u0086R.")),
        Arguments.of(
            "an array of another type", new Pickles().add("carray\narray\nX\1\0\0\0d]\u0086R.")),
        Arguments.of("a future protocol", new Pickles().add(0x80, 6).add("}.")),
        Arguments.of("nothing", new Pickles()),
        Arguments.of("a stop alone", new Pickles().add(".")),
        Arguments.of("no builder", new Pickles().add("].")),
        Arguments.of(
            "a text longer than the file", new Pickles().add("X\u00ff\u00ff\u00ff\u007fabc.")),
        Arguments.of(
            "a text longer than any",
            new Pickles().add(0x8d, 255, 255, 255, 255, 255, 255, 255, 127, '.')),
        Arguments.of("a far memo", new Pickles().add("]r\u00ff\u00ff\u00ff\u00ff.")),
        Arguments.of("a memo that was never set", new Pickles().add("h\5.")),
        Arguments.of("a huge number", new Pickles().add(0x8b, 0, 0, 0, 8, '.')),
        Arguments.of("a list in itself", new Pickles().add("]q\0h\0a.")),
        Arguments.of("a list as a key", new Pickles().add("}]K\1s.")),
        Arguments.of("deep lists", new Pickles().repeat("]", 100_000).repeat("a", 99_999).add(".")),
        Arguments.of("deep tuples", new Pickles().add(")").repeat("\u0085", 100_000).add(".")),
        Arguments.of(
            "millions of lists",
            new Pickles().add("](").repeat("]", 100_000).add("e").repeat("]a", 2_000_000).add(".")),
        Arguments.of("millions of marks", new Pickles().repeat("(", 10_000_000).add(".")),
        Arguments.of("millions of dicts", new Pickles().add("]").repeat("}a", 4_000_000).add(".")),
        Arguments.of("millions of Nones", new Pickles().add("]").repeat("Na", 5_000_000).add(".")),
        Arguments.of(
            "millions of memos", new Pickles().add("}").repeat("\u0094", 10_000_000).add(".")),
        Arguments.of(
            "millions of boxed numbers",
            new Pickles().add("]Na").repeat("M\1\2a", 3_000_000).add(".")),
        Arguments.of(
            "millions of texts", new Pickles().add("]").repeat("U\0a", 3_000_000).add(".")),
        Arguments.of(
            "a million keys",
            new Pickles()
                .add("}(")
                .repeat("K\1K\2", 30_000)
                .add("u")
                .repeat("K\1K\2s", 2_000_000)
                .add(".")),
        Arguments.of(
            "millions of small numbers",
            new Pickles().add("]").repeat("K\1a", 4_000_000).add(".")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("attacks")
  void isRefused(String attack, Pickles pickle) {
    assertThat(Guarded.read(pickle.bytes(), Guarded::useBuilder)).as(attack).isPresent();
  }

  @Test
  void namesWhatAnAttackWouldHaveCalled() {
    byte[] attack = "cposix\nsystem\n(S'id'\ntR.".getBytes(StandardCharsets.US_ASCII);

    assertThat(Guarded.read(attack, Guarded::useBuilder))
        .contains(
            "It is not a builder: it refers to 'posix.system', and a builder refers to nothing but"
                + " 'array.array'.");
  }

  @Test
  void writesASharedValueOnceHoweverOftenItIsReferredTo() throws Exception {
    // Each level holds the one below nine times: written out, nine to the power of eight lists.
    Pickles laughs = new Pickles().add("(]q\0");
    for (int level = 1; level <= 8; level++) {
      laughs.add("](");
      for (int i = 0; i < 9; i++) {
        laughs.add('h', level - 1);
      }
      laughs.add("eq").add(level);
    }
    byte[] pickle = laughs.add("l.").bytes();

    Object root = PickleReader.read(pickle, new Budget("builder", pickle.length));
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    PickleWriter.write(root, written);

    assertThat(written.size()).isLessThan(2 * pickle.length);
  }
}
