package dev.ringlift.relinker.layout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.relinker.ObjectPolicy;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which files of a hash dir still matter. Times are written short: t1 stands for 0000000001.00000.
 */
class FileSetRulesTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nothing is obsolete in a single file        | t1.data                     |
          the older data goes                         | t1.data t2.data             | t1.data
          a tombstone beats older and equal data      | t1.data t2.data t2.ts       | t1.data t2.data
          data beats an older tombstone               | t1.ts t2.data               | t1.ts
          older tombstones go                         | t1.ts t2.ts                 | t1.ts
          metadata older than the data goes           | t1.meta t2.data t3.meta     | t1.meta
          metadata as old as the data goes            | t2.meta t2.data             | t2.meta
          of metadata the newest stays                | t1.data t2.meta t3.meta     | t2.meta
          one with a newer content type stays too     | t1.data t3.meta t2+0.meta   |
          unless the newest has a newer content type  | t1.data t3+0.meta t2+0.meta | t2+0.meta
          of two at one time the newer content type   | t1.data t3.meta t3-1.meta   | t3.meta
          any extension is superseded by newer data   | t1.foo t2.data              | t1.foo
          metadata without data stays                 | t1.meta                     |
          a tombstone beats older metadata            | t1.meta t2.ts               | t1.meta
          an offset makes data newer                  | t1.data t1_1.data           | t1.data
          """)
  void replication(String story, String files, String obsolete) {
    assertThat(obsolete(ObjectPolicy.replication(0), files))
        .as(story)
        .containsExactlyInAnyOrder(names(obsolete));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          fragments of one time stay together         | t1#0#d.data t1#1#d.data          |
          all before the newest durable set goes      | t1#0#d.data t2#1#d.data t1.meta  | t1#0#d.data t1.meta
          newer fragments that are not durable stay   | t1#0#d.data t2#1.data            |
          a legacy durable makes its fragments count  | t1#0#d.data t2#1.data t2.durable | t1#0#d.data
          a durable without data is obsolete          | t1.durable                       | t1.durable
          an older durable is obsolete                | t1#0.data t1.durable t2#0#d.data | t1#0.data t1.durable
          a tombstone beats fragments                 | t1#0#d.data t2.ts                | t1#0#d.data
          """)
  void erasureCoding(String story, String files, String obsolete) {
    assertThat(obsolete(ObjectPolicy.erasureCoding(0, 3), files))
        .as(story)
        .containsExactlyInAnyOrder(names(obsolete));
  }

  @ParameterizedTest
  @CsvSource({
    "junk",
    ".t1.data.Xy095a",
    "x.data",
    "t1.data.junk",
    "t1#3#d.data",
    "t1#a.data",
    "t1-zz.meta"
  })
  void namesThatAreNotSwiftsAreUnexpected(String name) {
    FileSetRules rules = new FileSetRules(ObjectPolicy.erasureCoding(0, 3));
    assertThat(rules.parse(bytes(name))).isNull();
  }

  private static List<String> obsolete(ObjectPolicy policy, String files) {
    FileSetRules rules = new FileSetRules(policy);
    List<FileName> parsed =
        Arrays.stream(names(files))
            .map(name -> Objects.requireNonNull(rules.parse(bytes(name)), name))
            .toList();
    return rules.decide(parsed).obsolete().stream()
        .map(file -> new String(file.name().bytes(), StandardCharsets.US_ASCII))
        .map(FileSetRulesTest::shorten)
        .toList();
  }

  private static String[] names(String text) {
    return text == null ? new String[0] : text.strip().split("\\s+");
  }

  private static byte[] bytes(String name) {
    return name.replaceAll("t([0-9])_1", "000000000$1.00000_0000000000000001")
        .replaceAll("t([0-9])", "000000000$1.00000")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String shorten(String name) {
    return name.replaceAll("000000000([0-9])\\.00000", "t$1").replace("_0000000000000001", "_1");
  }
}
