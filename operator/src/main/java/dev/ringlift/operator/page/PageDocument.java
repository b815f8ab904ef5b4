package dev.ringlift.operator.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The page itself: one file of HTML with its style and its script in it, and the policy by which a
 * browser runs these two, known by their hashes, and nothing else.
 *
 * @param contentSecurityPolicy value of the header
 */
record PageDocument(String html, String contentSecurityPolicy) {
  private static final List<String> STYLES = List.of("base.css", "parts.css");
  private static final List<String> SCRIPTS =
      List.of("dom.js", "chart.js", "overview.js", "grid.js", "page.js");

  /** The one that comes with the operator. */
  static PageDocument load() {
    String style = all(STYLES);
    String script = "\"use strict\";\n" + all(SCRIPTS);
    String html = resource("page.html").replace("/*STYLE*/", style).replace("/*SCRIPT*/", script);
    return new PageDocument(html, policy(style, script));
  }

  private static String policy(String style, String script) {
    return String.join(
        "; ",
        "default-src 'none'",
        "style-src '%s'".formatted(hash(style)),
        "script-src '%s'".formatted(hash(script)),
        "connect-src 'self'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'");
  }

  private static String all(List<String> names) {
    return names.stream().map(PageDocument::resource).collect(Collectors.joining("\n"));
  }

  private static String resource(String name) {
    try (InputStream stream = PageDocument.class.getResourceAsStream(name)) {
      return new String(
          Objects.requireNonNull(stream, name + " is part of the operator").readAllBytes(),
          StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
