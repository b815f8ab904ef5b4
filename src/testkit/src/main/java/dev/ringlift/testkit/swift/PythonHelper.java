package dev.ringlift.testkit.swift;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringlift.testkit.process.LineProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The Python process that has Swift loaded: helper.py, which says what can be asked of it. */
final class PythonHelper implements AutoCloseable {
  static final ObjectMapper JSON = new ObjectMapper();

  private final LineProcess process;

  PythonHelper(Path python, Path swiftDirectory) {
    Path script = swiftDirectory.resolve("ringlift-helper.py");
    try (InputStream source = PythonHelper.class.getResourceAsStream("helper.py")) {
      if (source == null) {
        throw new IllegalStateException("helper.py is missing from the testkit's jar");
      }
      Files.write(script, source.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    process =
        LineProcess.start(List.of(python.toString(), script.toString(), swiftDirectory.toString()));
  }

  /** One question; an {@link IllegalStateException} holds Python's own account of what failed. */
  synchronized JsonNode call(String function, Object input) {
    try {
      String request = JSON.writeValueAsString(Map.of("call", function, "in", input));
      JsonNode answer = JSON.readTree(process.ask(request));
      if (answer.has("error")) {
        throw new IllegalStateException("Swift: " + answer.get("error").asText());
      }
      return answer.get("out");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
