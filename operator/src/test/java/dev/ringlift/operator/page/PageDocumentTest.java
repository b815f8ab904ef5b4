package dev.ringlift.operator.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PageDocumentTest {
  private final PageDocument document = PageDocument.load();

  private List<String> contents(String tag) {
    return Pattern.compile("<%s>(.*?)</%s>".formatted(tag, tag), Pattern.DOTALL)
        .matcher(document.html())
        .results()
        .map((MatchResult found) -> found.group(1))
        .toList();
  }

  @Test
  void thePolicyAllowsItsOwnScriptAndStyleByTheirHashesAndNothingElse()
      throws NoSuchAlgorithmException {
    assertThat(contents("script")).hasSize(1);
    assertThat(contents("style")).hasSize(1);
    assertThat(document.contentSecurityPolicy())
        .startsWith("default-src 'none'; ")
        .contains("script-src '" + hash(contents("script").getFirst()) + "';")
        .contains("style-src '" + hash(contents("style").getFirst()) + "';")
        .doesNotContain("unsafe");
  }

  @Test
  void nothingIsLoadedFromElsewhere() {
    assertThat(document.html().replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http:", "https:", "src=", "@import", "url(");
    assertThat(document.html()).doesNotContain("/*STYLE*/", "/*SCRIPT*/");
  }

  /** What the policy would forbid, or what could make HTML of a text. */
  @Test
  void theScriptMakesNoHtml() {
    assertThat(contents("script").getFirst())
        .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(");
    assertThat(document.html()).doesNotContainPattern("<[^>]+ (style|on[a-z]+)=");
  }

  private static String hash(String text) throws NoSuchAlgorithmException {
    return "sha256-"
        + Base64.getEncoder()
            .encodeToString(
                MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
  }
}
