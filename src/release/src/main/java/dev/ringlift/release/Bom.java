package dev.ringlift.release;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A software bill of materials, as CycloneDX 1.6 in JSON: what Maven resolves for an application,
 * held against the files that are really there.
 */
final class Bom {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final ObjectNode root;

  private Bom(ObjectNode root) {
    this.root = root;
  }

  static Bom read(Path file) throws IOException {
    if (!(JSON.readTree(file.toFile()) instanceof ObjectNode object)
        || !object.path("bomFormat").asText().equals("CycloneDX")) {
      throw new IOException(file + " is no CycloneDX document in JSON");
    }
    return new Bom(object);
  }

  List<Component> components() {
    List<Component> components = new ArrayList<>();
    root.path("components").forEach(each -> components.add(Component.of(each)));
    return components;
  }

  /**
   * The same with those components alone that are among these files. Quarkus leaves classes out of
   * some jars, which then are known by their names; the hash that is told is of what is there.
   *
   * @param files by their SHA-256
   * @throws UnlistedException if one of the files is no component: nobody would know of it
   */
  Bom of(Map<String, Path> files) throws UnlistedException {
    Map<String, Path> unlisted = new TreeMap<>(files);
    ObjectNode copy = root.deepCopy();
    ArrayNode kept = JSON.createArrayNode();
    Set<String> references = new HashSet<>();
    references.add(copy.at("/metadata/component/bom-ref").asText());
    for (Component component : components()) {
      Optional<String> there = sha256(component, files);
      if (there.isPresent()) {
        unlisted.remove(there.get());
        kept.add(component.withSha256(there.get()).json());
        references.add(component.json().path("bom-ref").asText());
      }
    }
    if (!unlisted.isEmpty()) {
      throw new UnlistedException(List.copyOf(unlisted.values()));
    }
    copy.set("components", kept);
    copy.set("dependencies", among(references, copy.path("dependencies")));
    return new Bom(copy);
  }

  private static Optional<String> sha256(Component component, Map<String, Path> files) {
    if (files.containsKey(component.sha256())) {
      return Optional.of(component.sha256());
    }
    return files.entrySet().stream()
        .filter(file -> file.getValue().endsWith(component.fileName()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private static ArrayNode among(Set<String> references, JsonNode dependencies) {
    ArrayNode kept = JSON.createArrayNode();
    for (JsonNode dependency : dependencies) {
      if (references.contains(dependency.path("ref").asText())) {
        ObjectNode copy = dependency.deepCopy();
        ArrayNode on = JSON.createArrayNode();
        for (JsonNode other : dependency.path("dependsOn")) {
          if (references.contains(other.asText())) {
            on.add(other);
          }
        }
        copy.set("dependsOn", on);
        kept.add(copy);
      }
    }
    return kept;
  }

  /** The same with one component more, which Maven does not know of. */
  Bom and(String type, String name, String version, String licence) {
    ObjectNode copy = root.deepCopy();
    ObjectNode component = copy.withArray("components").addObject();
    component.put("type", type).put("bom-ref", name + "@" + version);
    component.put("name", name).put("version", version);
    component.putArray("licenses").addObject().putObject("license").put("id", licence);
    return new Bom(copy);
  }

  void write(Path file) throws IOException {
    Files.writeString(file, JSON.writeValueAsString(root) + "\n");
  }

  /** Files that no component is. */
  static final class UnlistedException extends Exception {
    private static final long serialVersionUID = 1L;

    UnlistedException(List<Path> files) {
      super("no component of the SBOM is " + files);
    }
  }
}
