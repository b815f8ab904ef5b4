package dev.ringlift.agent.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.ring.PartIndex;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingFileName;
import dev.ringlift.ring.RingFormatException;
import dev.ringlift.ring.RingLayout;
import dev.ringlift.ring.RingPair;
import dev.ringlift.ring.RingParts;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Prints rings and builders as ConfigMaps, in parts where one would not hold them. The parts come
 * first and the map that names them last, as kubectl applies them: so whoever sees the new map
 * finds all of its parts.
 */
@Command(
    name = "manifest",
    description = {
      "Prints rings and builders as ConfigMaps: pipe them to 'kubectl apply --server-side -f -'.",
      "What does not fit into one ConfigMap goes into several, from which agents put it together.",
      "Exit code: 0 done; 1 a file is bad or can't be read; 2 refused: not an object ring, a ring and a builder that don't belong together, too large, or a wrong command line."
    })
final class ManifestCommand implements Callable<Integer> {
  private static final int BAD_FILE = 1;
  private static final int REFUSED = 2;

  /** What the API server lets a ConfigMap's values add up to. */
  private static final int MAP_LIMIT = 1 << 20;

  private final PrintStream out;
  private final PrintStream err;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description =
          "Builders (object[-N].builder) or their rings: the other is the file of that name beside"
              + " it. A ring that has no builder beside it goes alone. Name all that the ConfigMap is"
              + " to hold: what an earlier apply brought is removed otherwise.")
  List<Path> files = List.of();

  @Option(
      names = "--config-map",
      required = true,
      paramLabel = "NAME",
      description = "The ConfigMap that is to hold them; its name begins those of the parts.")
  String configMap = "";

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description = "Namespace to name in the ConfigMaps (default: none, kubectl's own applies).")
  @Nullable String namespace;

  @Option(
      names = "--part-limit",
      paramLabel = "BYTES",
      description =
          "Size above which a file goes in parts, and of the parts (default: ${DEFAULT-VALUE}).")
  int partLimit = RingLayout.DEFAULT_PART_LIMIT;

  ManifestCommand() {
    this(
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8),
        System.err);
  }

  ManifestCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Ends the command with a sentence and an exit code. */
  private static final class Stop extends Exception {
    private static final long serialVersionUID = 1L;
    private final int exitCode;

    Stop(int exitCode, String sentence) {
      super(sentence);
      this.exitCode = exitCode;
    }
  }

  @Override
  public Integer call() {
    try {
      checkOptions();
      Map<String, byte[]> contents = new TreeMap<>();
      for (Path file : files) {
        read(file, contents);
      }
      write(layout(contents));
      return 0;
    } catch (Stop e) {
      err.println("ringlift: " + e.getMessage());
      return e.exitCode;
    } catch (IOException e) {
      err.println("ringlift: The manifest can't be written: " + e.getMessage() + ".");
      return BAD_FILE;
    }
  }

  private void checkOptions() throws Stop {
    if (!PartIndex.isPlace(configMap)) {
      throw new Stop(REFUSED, "'%s' is no name of a ConfigMap.".formatted(configMap));
    }
    if (partLimit < 1 || partLimit > MAP_LIMIT) {
      throw new Stop(
          REFUSED,
          "A part of %d bytes is not possible; 1 to %d are.".formatted(partLimit, MAP_LIMIT));
    }
  }

  private static void read(Path file, Map<String, byte[]> contents) throws Stop {
    RingFileName name =
        RingFileName.parse(String.valueOf(file.getFileName()))
            .orElseThrow(
                () ->
                    new Stop(
                        REFUSED,
                        file
                            + " is not named as a file of an object ring is: object[-N].builder or"
                            + " object[-N].ring.gz."));
    Path ringFile = file.resolveSibling(RingFileName.ring(name.policyIndex()));
    Path builderFile = file.resolveSibling(RingFileName.builder(name.policyIndex()));
    byte[] ring = bytes(ringFile);
    contents.put(RingFileName.ring(name.policyIndex()), ring);
    if (name.kind() == RingFileName.Kind.RING && !Files.exists(builderFile)) {
      parse(ringFile, () -> Ring.read(ring));
      return;
    }
    byte[] builder = bytes(builderFile);
    Optional<String> difference =
        RingPair.difference(
            parse(ringFile, () -> Ring.read(ring)),
            parse(builderFile, () -> RingBuilder.read(builder)));
    if (difference.isPresent()) {
      throw new Stop(
          REFUSED,
          "%s does not belong to %s. %s".formatted(ringFile, builderFile, difference.get()));
    }
    contents.put(RingFileName.builder(name.policyIndex()), builder);
  }

  /** Reads a file as what it should be. */
  private interface Parser<T> {
    T parse() throws RingFormatException;
  }

  private static <T> T parse(Path file, Parser<T> parser) throws Stop {
    try {
      return parser.parse();
    } catch (RingFormatException e) {
      throw new Stop(BAD_FILE, file + ": " + e.getMessage());
    }
  }

  private static byte[] bytes(Path file) throws Stop {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new Stop(BAD_FILE, file + " can't be read: it does not exist.");
    } catch (IOException e) {
      throw new Stop(BAD_FILE, "%s can't be read: %s.".formatted(file, e.getMessage()));
    }
  }

  private RingLayout layout(Map<String, byte[]> contents) throws Stop {
    RingLayout layout;
    try {
      layout = RingLayout.of(contents, configMap, partLimit, MAP_LIMIT);
    } catch (IllegalArgumentException e) {
      throw new Stop(REFUSED, e.getMessage() + ".");
    }
    if (layout.size() > MAP_LIMIT) {
      throw new Stop(
          REFUSED,
          "The ConfigMap would hold %d bytes even with all files in parts; it can hold %d."
              .formatted(layout.size(), MAP_LIMIT));
    }
    return layout;
  }

  private void write(RingLayout layout) throws IOException {
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.setPrettyPrinter(new DefaultPrettyPrinter());
      json.writeStartObject();
      json.writeStringField("apiVersion", "v1");
      json.writeStringField("kind", "List");
      json.writeArrayFieldStart("items");
      for (RingParts parts : layout.inParts().values()) {
        for (int i = 0; i < parts.contents().size(); i++) {
          writePart(json, parts.index(), i, parts.contents().get(i));
        }
      }
      writeMap(json, layout);
      json.writeEndArray();
      json.writeEndObject();
    }
    if (out.checkError()) {
      throw new IOException("the output is closed or full");
    }
  }

  private void writePart(JsonGenerator json, PartIndex index, int number, byte[] content)
      throws IOException {
    PartIndex.Part part = index.parts().get(number);
    begin(json, part.where());
    json.writeObjectFieldStart("labels");
    json.writeStringField(ApiConstants.LABEL_RING_FILE, index.file());
    json.writeEndObject();
    json.writeObjectFieldStart("annotations");
    json.writeStringField(ApiConstants.ANNOTATION_CONFIG_MAP, configMap);
    json.writeEndObject();
    json.writeEndObject();
    json.writeBooleanField("immutable", true);
    json.writeObjectFieldStart("binaryData");
    json.writeBinaryField(part.name(), content);
    json.writeEndObject();
    json.writeEndObject();
  }

  private void writeMap(JsonGenerator json, RingLayout layout) throws IOException {
    begin(json, configMap);
    json.writeEndObject();
    json.writeObjectFieldStart("binaryData");
    for (Map.Entry<String, byte[]> file : layout.whole().entrySet()) {
      json.writeBinaryField(file.getKey(), file.getValue());
    }
    json.writeEndObject();
    json.writeObjectFieldStart("data");
    for (RingParts parts : layout.inParts().values()) {
      json.writeStringField(
          PartIndex.nameFor(parts.index().file()),
          new String(parts.index().toBytes(), StandardCharsets.US_ASCII));
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private void begin(JsonGenerator json, String name) throws IOException {
    json.writeStartObject();
    json.writeStringField("apiVersion", "v1");
    json.writeStringField("kind", "ConfigMap");
    json.writeObjectFieldStart("metadata");
    json.writeStringField("name", name);
    if (namespace != null) {
      json.writeStringField("namespace", namespace);
    }
  }
}
