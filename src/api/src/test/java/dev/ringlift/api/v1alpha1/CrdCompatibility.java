package dev.ringlift.api.v1alpha1;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Compares two CustomResourceDefinitions: what in the later one breaks what the earlier one took or
 * showed. An object that the earlier one took has to be taken by the later one, with the same
 * meaning; a program that reads an object finds each field where it was, with the type it had.
 *
 * <p>More is always allowed: fields, values of an enum that is read by nobody but us, wider limits.
 * What can't be judged by looking (a pattern that is another, a rule in CEL that is another) counts
 * as narrower.
 */
final class CrdCompatibility {
  /** Limits that get narrower as they grow, and those that get narrower as they shrink. */
  private static final Map<String, Integer> LIMITS =
      Map.of(
          "minimum",
          1,
          "minLength",
          1,
          "minItems",
          1,
          "minProperties",
          1,
          "maximum",
          -1,
          "maxLength",
          -1,
          "maxItems",
          -1,
          "maxProperties",
          -1);

  /** What has to stay as it is, or be gone, or never was: anything else can't be judged. */
  private static final List<String> RESTRICTIONS =
      List.of("pattern", "format", "multipleOf", "uniqueItems", "not", "allOf", "anyOf", "oneOf");

  /** What has to stay exactly as it is: it says how values are stored and merged. */
  private static final List<String> SHAPES =
      List.of(
          "type",
          "default",
          "nullable",
          "x-kubernetes-list-type",
          "x-kubernetes-list-map-keys",
          "x-kubernetes-map-type",
          "x-kubernetes-int-or-string",
          "x-kubernetes-preserve-unknown-fields");

  private final List<String> breaks = new ArrayList<>();

  private CrdCompatibility() {}

  /** Each break as a line: the place, and what is the matter. */
  static List<String> breaks(JsonNode earlier, JsonNode later) {
    CrdCompatibility comparison = new CrdCompatibility();
    comparison.definition(earlier.path("spec"), later.path("spec"));
    return List.copyOf(comparison.breaks);
  }

  private void definition(JsonNode earlier, JsonNode later) {
    same("group", earlier, later, "spec");
    same("scope", earlier, later, "spec");
    for (String name : List.of("kind", "plural", "singular")) {
      same(name, earlier.path("names"), later.path("names"), "spec.names");
    }
    for (JsonNode shortName : earlier.path("names").path("shortNames")) {
      if (!contains(later.path("names").path("shortNames"), shortName)) {
        breaks.add("spec.names.shortNames: " + shortName.asText() + " is gone");
      }
    }
    for (JsonNode version : earlier.path("versions")) {
      String name = version.path("name").asText();
      Optional<JsonNode> next = named(later.path("versions"), name);
      if (next.isEmpty() || (served(version) && !served(next.get()))) {
        breaks.add(name + ": is no longer served");
        continue;
      }
      if (version.path("subresources").has("status")
          && !next.get().path("subresources").has("status")) {
        breaks.add(name + ": has no subresource status any more");
      }
      schema(
          name,
          version.path("schema").path("openAPIV3Schema"),
          next.get().path("schema").path("openAPIV3Schema"));
    }
  }

  private static boolean served(JsonNode version) {
    return version.path("served").asBoolean();
  }

  private void schema(String place, JsonNode earlier, JsonNode later) {
    SHAPES.forEach(key -> same(key, earlier, later, place));
    for (String key : RESTRICTIONS) {
      if (later.has(key) && !later.path(key).equals(earlier.path(key))) {
        breaks.add("%s: %s is %s now".formatted(place, key, later.path(key)));
      }
    }
    LIMITS.forEach(
        (key, sign) -> {
          if (later.has(key)
              && (!earlier.has(key)
                  || sign * Double.compare(later.path(key).asDouble(), earlier.path(key).asDouble())
                      > 0)) {
            breaks.add("%s: %s is %s now".formatted(place, key, later.path(key)));
          }
        });
    values(place, earlier, later);
    required(place, earlier, later);
    rules(place, earlier, later);
    properties(place, earlier.path("properties"), later.path("properties"));
    nested(place + "[]", earlier.path("items"), later.path("items"));
    nested(place + "{}", earlier.path("additionalProperties"), later.path("additionalProperties"));
  }

  private void values(String place, JsonNode earlier, JsonNode later) {
    if (!earlier.has("enum")) {
      if (later.has("enum")) {
        breaks.add(place + ": takes only some values now");
      }
      return;
    }
    for (JsonNode value : earlier.path("enum")) {
      if (later.has("enum") && !contains(later.path("enum"), value)) {
        breaks.add("%s: does not take %s any more".formatted(place, value.asText()));
      }
    }
  }

  /** A field that has a default can't be absent, so that it may as well be required. */
  private void required(String place, JsonNode earlier, JsonNode later) {
    for (JsonNode name : later.path("required")) {
      if (!contains(earlier.path("required"), name)
          && !later.path("properties").path(name.asText()).has("default")) {
        breaks.add("%s: %s is required now".formatted(place, name.asText()));
      }
    }
  }

  private void rules(String place, JsonNode earlier, JsonNode later) {
    Set<String> before = new HashSet<>();
    earlier
        .path("x-kubernetes-validations")
        .forEach(rule -> before.add(rule.path("rule").asText()));
    for (JsonNode rule : later.path("x-kubernetes-validations")) {
      if (!before.contains(rule.path("rule").asText())) {
        breaks.add("%s: a new rule, %s".formatted(place, rule.path("rule").asText()));
      }
    }
  }

  private void properties(String place, JsonNode earlier, JsonNode later) {
    each(
        earlier,
        (name, property) -> {
          if (later.has(name)) {
            schema(place + "." + name, property, later.path(name));
          } else {
            breaks.add("%s.%s: is gone".formatted(place, name));
          }
        });
  }

  private void nested(String place, JsonNode earlier, JsonNode later) {
    if (earlier.isObject()) {
      if (later.isObject()) {
        schema(place, earlier, later);
      } else {
        breaks.add(place + ": is gone");
      }
    }
  }

  private void same(String key, JsonNode earlier, JsonNode later, String place) {
    if (!Objects.equals(earlier.get(key), later.get(key))) {
      breaks.add(
          "%s: %s was %s and is %s"
              .formatted(place, key, text(earlier.get(key)), text(later.get(key))));
    }
  }

  private static String text(JsonNode value) {
    return value == null ? "absent" : value.toString();
  }

  private static void each(JsonNode object, BiConsumer<String, JsonNode> use) {
    object.properties().forEach(entry -> use.accept(entry.getKey(), entry.getValue()));
  }

  private static boolean contains(JsonNode list, JsonNode value) {
    for (JsonNode each : list) {
      if (each.equals(value)) {
        return true;
      }
    }
    return false;
  }

  private static Optional<JsonNode> named(JsonNode list, String name) {
    for (JsonNode each : list) {
      if (each.path("name").asText().equals(name)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }
}
