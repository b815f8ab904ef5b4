package dev.ringlift.relinker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringlift.testkit.process.LineProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One Python process with real Swift loaded, for all tests of a class: {@code swift_server.py},
 * which does each command in a child of its own. By the Python that RINGLIFT_SWIFT_PYTHON names.
 */
final class SwiftPython implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> SCRIPTS =
      List.of("swift_server.py", "swift_trees.py", "swift_judge.py", "swift_writers.py");

  private final Path directory;
  private final String python;
  private final LineProcess process;

  /** Puts its scripts into this directory. */
  SwiftPython(Path directory) {
    String named = System.getenv("RINGLIFT_SWIFT_PYTHON");
    if (named == null || named.isBlank()) {
      throw new IllegalStateException(
          "This test needs real Swift: set RINGLIFT_SWIFT_PYTHON to a Python that has Swift installed.");
    }
    this.directory = directory;
    this.python = named;
    try {
      Files.createDirectories(directory);
      for (String script : SCRIPTS) {
        try (var in = SwiftPython.class.getResourceAsStream(script)) {
          Files.copy(
              Objects.requireNonNull(in),
              directory.resolve(script),
              StandardCopyOption.REPLACE_EXISTING);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    process =
        LineProcess.start(
            List.of(
                python,
                directory.resolve(SCRIPTS.getFirst()).toString(),
                directory.resolve("swift.log").toString()));
  }

  /** A process of its own that runs one of the scripts. */
  LineProcess start(String script, String... arguments) {
    List<String> command = new ArrayList<>(List.of(python, directory.resolve(script).toString()));
    command.addAll(List.of(arguments));
    return LineProcess.start(command);
  }

  /** One command; an {@link IllegalStateException} holds Python's own account of what failed. */
  JsonNode call(String command, Map<String, Object> arguments) {
    try {
      Map<String, Object> request = new HashMap<>(arguments);
      request.put("do", command);
      JsonNode answer = JSON.readTree(process.ask(JSON.writeValueAsString(request)));
      if (answer.has("error")) {
        throw new IllegalStateException(command + ": " + answer.get("error").asText());
      }
      return answer.path("ok");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether this release of Swift has {@code --clobber-hardlink-collisions}. */
  boolean clobbers() {
    return call("clobbers", Map.of()).asBoolean();
  }

  @Override
  public void close() {
    process.close();
  }
}
