package dev.ringlift.api.v1alpha1;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** {@code docs/reference.md}: every field of the custom resources, from their schemas. */
final class ReferenceDocument {
  private static final String HEAD =
      """
      # Reference of the custom resources

      Generated from the schemas by `bin/generate-crds`; `kubectl explain ppi.spec --recursive` says the same. Group `ringlift.dev`, version
      `v1alpha1`. Lists are named with `[]`, maps with `{}`. You write the `spec` of a [PartitionPowerIncrease](#partitionpowerincrease); all the
      rest is written by the operator and the agents, and is for you to read.

      Durations are Go's: `168h`, `90m`, `1h30m`. Times are RFC 3339, in UTC.
      """;

  private final StringBuilder text = new StringBuilder(HEAD);
  private final List<String> rules = new ArrayList<>();

  private ReferenceDocument() {}

  /** The document, of definitions in this order. */
  static String of(List<JsonNode> definitions) {
    ReferenceDocument document = new ReferenceDocument();
    definitions.forEach(document::definition);
    return document.text.toString();
  }

  private void definition(JsonNode definition) {
    JsonNode names = definition.path("spec").path("names");
    JsonNode version = definition.path("spec").path("versions").path(0);
    JsonNode root = version.path("schema").path("openAPIV3Schema");
    text.append("\n## ").append(names.path("kind").asText()).append("\n\n");
    text.append("`").append(names.path("plural").asText()).append("`");
    names.path("shortNames").forEach(name -> text.append(", `").append(name.asText()).append("`"));
    text.append(". `kubectl get` shows ");
    List<String> columns = new ArrayList<>();
    for (JsonNode column : version.path("additionalPrinterColumns")) {
      columns.add(
          column.path("name").asText()
              + (column.path("priority").asInt() > 0 ? " (with `-o wide`)" : ""));
    }
    text.append(String.join(", ", columns)).append(".\n");
    for (String part : List.of("spec", "status")) {
      if (root.path("properties").path(part).has("properties")) {
        part(part, root.path("properties").path(part));
      }
    }
    rulesOf("the whole", root);
    if (!rules.isEmpty()) {
      text.append("\nThe API server refuses, with these words:\n\n");
      rules.forEach(rule -> text.append("- ").append(rule).append("\n"));
      rules.clear();
    }
  }

  private void part(String name, JsonNode schema) {
    text.append("\n### ").append(name).append("\n\n");
    text.append("| field | type | what it is |\n| --- | --- | --- |\n");
    rulesOf(name, schema);
    fields("", schema);
  }

  private void fields(String prefix, JsonNode schema) {
    for (var entry : schema.path("properties").properties()) {
      String name = prefix + entry.getKey();
      JsonNode field = entry.getValue();
      boolean required = contains(schema.path("required"), entry.getKey());
      JsonNode item = field.path("items");
      String brackets = item.isObject() ? "[]" : field.has("additionalProperties") ? "{}" : "";
      text.append(
          "| `%s%s` | %s | %s |\n".formatted(name, brackets, type(field), about(field, required)));
      rulesOf(name, field);
      // Conditions are those of all of Kubernetes.
      if (!name.equals("conditions")) {
        fields(name + ".", field);
        rulesOf(name + "[]", item);
        fields(name + "[].", item);
      }
    }
  }

  private static String type(JsonNode field) {
    JsonNode inner =
        field.has("items")
            ? field.path("items")
            : field.has("additionalProperties") ? field.path("additionalProperties") : field;
    return inner.path("type").asText();
  }

  private static String about(JsonNode field, boolean required) {
    JsonNode value = field.has("items") ? field.path("items") : field;
    StringBuilder about = new StringBuilder(escaped(field.path("description").asText()));
    if (required) {
      about.append(" **Required.**");
    }
    if (value.has("enum")) {
      List<String> values = new ArrayList<>();
      value.path("enum").forEach(each -> values.add("`" + each.asText() + "`"));
      about.append(" One of ").append(String.join(", ", values)).append(".");
    }
    if (value.has("minimum") || value.has("maximum")) {
      about.append(
          value.has("maximum")
              ? " %d to %d."
                  .formatted(value.path("minimum").asLong(), value.path("maximum").asLong())
              : " At least %d.".formatted(value.path("minimum").asLong()));
    }
    if (field.has("maxItems")) {
      about.append(" At most ").append(field.path("maxItems").asLong()).append(".");
    }
    if (field.has("default") && field.path("default").isValueNode()) {
      about.append(" Default `").append(field.path("default").asText()).append("`.");
    }
    return about.toString().strip();
  }

  /** Neither the end of a cell, nor HTML. */
  private static String escaped(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;");
  }

  private void rulesOf(String place, JsonNode schema) {
    for (JsonNode rule : schema.path("x-kubernetes-validations")) {
      rules.add("of `%s`: %s".formatted(place, rule.path("message").asText()));
    }
  }

  private static boolean contains(JsonNode list, String value) {
    for (JsonNode each : list) {
      if (each.asText().equals(value)) {
        return true;
      }
    }
    return false;
  }
}
