package dev.ringlift.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringlift.ring.KeptFile;
import dev.ringlift.ring.PartIndex;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingFileName;
import dev.ringlift.ring.RingFiles;
import dev.ringlift.ring.RingFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The reverse of {@link ManifestCommand}: writes what ConfigMaps hold as files. */
@Command(
    name = "extract",
    description = {
      "Writes the rings and builders of a ConfigMap, whole or in parts, as files.",
      "Reads from the input what 'kubectl get configmap -o json' prints, with the ConfigMaps of the parts.",
      "Exit code: 0 done; 1 the input is bad, or a file can't be written; 2 refused, nothing written, or the command line is wrong."
    })
final class ExtractCommand implements Callable<Integer> {
  private static final int BAD_INPUT = 1;
  private static final int REFUSED = 2;

  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;

  @Option(
      names = "--config-map",
      required = true,
      paramLabel = "NAME",
      description = "The ConfigMap with rings and builders, which may be a backup.")
  String configMap = "";

  @Option(
      names = "--directory",
      paramLabel = "DIRECTORY",
      description = "Where to write the files (default: the present directory).")
  Path directory = Path.of("");

  @Option(names = "--force", description = "Replace files that hold something else.")
  boolean force;

  ExtractCommand() {
    this(System.in, System.out, System.err);
  }

  ExtractCommand(InputStream in, PrintStream out, PrintStream err) {
    this.in = in;
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    try {
      Map<String, byte[]> files = files(maps());
      if (files.isEmpty()) {
        return end(BAD_INPUT, "ConfigMap " + configMap + " holds no object ring and no builder.");
      }
      if (!force) {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
          Path path = directory.resolve(file.getKey());
          if (Files.exists(path) && !Arrays.equals(Files.readAllBytes(path), file.getValue())) {
            return end(
                REFUSED, path + " holds something else; --force replaces it. Nothing was written.");
          }
        }
      }
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        RingFiles.write(directory.resolve(file.getKey()), file.getValue());
        out.println(directory.resolve(file.getKey()));
      }
      return 0;
    } catch (JsonProcessingException e) {
      return end(BAD_INPUT, "The input is not the JSON text of ConfigMaps.");
    } catch (RingFormatException e) {
      return end(BAD_INPUT, e.getMessage());
    } catch (IOException e) {
      return end(BAD_INPUT, "A file can't be read or written: " + e.getMessage() + ".");
    }
  }

  private int end(int exitCode, String sentence) {
    err.println("ringlift: " + sentence);
    return exitCode;
  }

  /** By name; all must be of one namespace, or a name could mean two. */
  private Map<String, JsonNode> maps() throws IOException, RingFormatException {
    JsonNode root = new ObjectMapper().readTree(in);
    Map<String, JsonNode> maps = new HashMap<>();
    Iterable<JsonNode> items =
        root.path("kind").asText("").equals("ConfigMap")
            ? java.util.List.of(root)
            : root.path("items");
    TreeSet<String> namespaces = new TreeSet<>();
    for (JsonNode item : items) {
      if (item.path("kind").asText("").equals("ConfigMap")) {
        maps.put(item.path("metadata").path("name").asText(""), item);
        namespaces.add(item.path("metadata").path("namespace").asText(""));
      }
    }
    if (namespaces.size() > 1) {
      throw new RingFormatException(
          "The input has ConfigMaps of several namespaces: give those of one.");
    }
    return maps;
  }

  private Map<String, byte[]> files(Map<String, JsonNode> maps) throws RingFormatException {
    JsonNode map = maps.get(configMap);
    if (map == null) {
      throw new RingFormatException("The input has no ConfigMap " + configMap + ".");
    }
    TreeSet<String> names = new TreeSet<>();
    map.path("binaryData").fieldNames().forEachRemaining(names::add);
    map.path("data").fieldNames().forEachRemaining(names::add);
    Map<String, byte[]> files = new TreeMap<>();
    for (String key : names) {
      String file =
          key.endsWith(PartIndex.SUFFIX)
              ? key.substring(0, key.length() - PartIndex.SUFFIX.length())
              : key;
      Optional<RingFileName> name = RingFileName.parse(file);
      if (name.isPresent()) {
        files.put(file, content(name.get(), map, maps));
      }
    }
    return files;
  }

  private static byte[] content(RingFileName name, JsonNode map, Map<String, JsonNode> maps)
      throws RingFormatException {
    String file = name.fileName();
    try {
      byte[] content =
          KeptFile.find(file, key -> value(map, key))
              .orElseThrow(() -> new RingFormatException("It is not there."))
              .content(
                  (where, key) -> Optional.ofNullable(maps.get(where)).flatMap(m -> value(m, key)));
      if (name.kind() == RingFileName.Kind.RING) {
        Ring.read(content);
      } else {
        RingBuilder.read(content);
      }
      return content;
    } catch (RingFormatException e) {
      throw new RingFormatException(file + ": " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new RingFormatException(file + ": It is not base64 text.", e);
    }
  }

  private static Optional<byte[]> value(JsonNode map, String key) {
    JsonNode binary = map.path("binaryData").path(key);
    if (binary.isTextual()) {
      return Optional.of(Base64.getDecoder().decode(binary.asText()));
    }
    JsonNode text = map.path("data").path(key);
    return text.isTextual() ? Optional.of(text.asText().getBytes(UTF_8)) : Optional.empty();
  }
}
