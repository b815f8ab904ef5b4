package dev.ringlift.e2e.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class DemoOptionsTest {
  @Test
  void withoutOptionsItIsTheUsualDemo() throws DemoOptions.Misused {
    assertThat(DemoOptions.parse(List.of()))
        .isEqualTo(new DemoOptions(20_000, 3, 10, false, false));
  }

  @Test
  void takesValuesAsTheNextWordOrAfterAnEqualsSign() throws DemoOptions.Misused {
    assertThat(
            DemoOptions.parse(
                List.of(
                    "--objects", "1,000", "--nodes=5", "--part-power", "7", "--keep", "--plain")))
        .isEqualTo(new DemoOptions(1000, 5, 7, true, true));
  }

  @Test
  void refusesWhatItDoesNotKnowInASentence() {
    refuses("unknown option --object", "--object", "5");
    refuses("--objects wants a number from 1 to 5000000, not many", "--objects", "many");
    refuses("--nodes wants a number from 1 to 20, not 21", "--nodes", "21");
    refuses("--part-power wants a number from 1 to 18, not nothing", "--part-power");
  }

  private static void refuses(String sentence, String... arguments) {
    assertThatThrownBy(() -> DemoOptions.parse(List.of(arguments)))
        .isInstanceOf(DemoOptions.Misused.class)
        .hasMessage(sentence);
  }
}
