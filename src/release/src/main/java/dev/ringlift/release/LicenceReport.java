package dev.ringlift.release;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which licences components have, as a document; and which have none that is allowed. */
final class LicenceReport {
  private final Map<String, Component> components = new TreeMap<>();

  LicenceReport(Collection<Component> components) {
    components.forEach(each -> this.components.put(each.name() + " " + each.version(), each));
  }

  /** Each that may not come with Ringlift, as a line. */
  List<String> refused() {
    List<String> refused = new ArrayList<>();
    components.forEach(
        (name, component) -> {
          if (!Licences.allowed(component.licences())) {
            refused.add(
                name
                    + ": "
                    + (component.licences().isEmpty()
                        ? "no licence is known"
                        : String.join(", ", component.licences())));
          }
        });
    return refused;
  }

  /** In Markdown: how many have which, and each with its own. */
  String document() {
    Map<String, Integer> counts = new TreeMap<>();
    StringBuilder rows = new StringBuilder();
    for (Component component : components.values()) {
      String licences = String.join(" or ", component.licences());
      counts.merge(licences, 1, Integer::sum);
      rows.append("| %s | %s | %s |\n".formatted(component.name(), component.version(), licences));
    }
    StringBuilder text =
        new StringBuilder(
            "# Licences of what Ringlift is made of\n\nRinglift itself is under the Apache License"
                + " 2.0.\n\n| licence | components |\n| --- | --- |\n");
    counts.forEach((licence, count) -> text.append("| %s | %d |\n".formatted(licence, count)));
    return text.append("\n| component | version | licence |\n| --- | --- | --- |\n")
        .append(rows)
        .toString();
  }
}
