package dev.ringlift.release;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Something that a program is made of.
 *
 * @param name {@code group:artifact}, or a name alone
 * @param sha256 of its file; empty where it is none
 * @param licences SPDX identifiers where they are known; the user may choose among several
 * @param json as CycloneDX has it
 */
record Component(String name, String version, String sha256, List<String> licences, JsonNode json) {
  Component {
    licences = List.copyOf(licences);
  }

  static Component of(JsonNode json) {
    String group = json.path("group").asText();
    String sha256 = "";
    for (JsonNode hash : json.path("hashes")) {
      if (hash.path("alg").asText().equals("SHA-256")) {
        sha256 = hash.path("content").asText();
      }
    }
    return new Component(
        (group.isEmpty() ? "" : group + ":") + json.path("name").asText(),
        json.path("version").asText(),
        sha256,
        licences(json.path("licenses")),
        json);
  }

  /** The name that Quarkus gives its jar. */
  String fileName() {
    return name.replace(':', '.') + "-" + version + ".jar";
  }

  /** The same with a file of this hash; hashes of another kind are left out where it is another. */
  Component withSha256(String hash) {
    if (hash.equals(sha256) || !(json instanceof ObjectNode object)) {
      return this;
    }
    ObjectNode copy = object.deepCopy();
    copy.putArray("hashes").addObject().put("alg", "SHA-256").put("content", hash);
    return new Component(name, version, hash, licences, copy);
  }

  private static List<String> licences(JsonNode choices) {
    List<String> licences = new ArrayList<>();
    for (JsonNode choice : choices) {
      JsonNode licence = choice.path("license");
      if (choice.has("expression")) {
        for (String each : choice.path("expression").asText().split(" OR ", -1)) {
          licences.add(Licences.identifier(each.replaceAll("[()]", "")));
        }
      } else {
        licences.add(Licences.identifier(licence.path(licence.has("id") ? "id" : "name").asText()));
      }
    }
    return licences;
  }
}
