package dev.ringlift.release;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which licences may come with Ringlift, by their SPDX identifiers: those that let an
 * Apache-licensed program be passed on with what it uses, without a duty on its own source. (LGPL
 * and GPL with the classpath exception: as libraries beside it, which anybody can replace.)
 */
final class Licences {
  static final Set<String> ALLOWED =
      Set.of(
          "Apache-2.0",
          "MIT",
          "MIT-0",
          "BSD-2-Clause",
          "BSD-3-Clause",
          "0BSD",
          "CC0-1.0",
          "UPL-1.0",
          "EPL-1.0",
          "EPL-2.0",
          "LGPL-2.1-or-later",
          "GPL-2.0-with-classpath-exception");

  /** What projects call them that don't know the identifiers, in small letters. */
  private static final Map<String, String> OTHER_NAMES =
      Map.ofEntries(
          Map.entry("apache license, version 2.0", "Apache-2.0"),
          Map.entry("the apache license, version 2.0", "Apache-2.0"),
          Map.entry("the apache software license, version 2.0", "Apache-2.0"),
          Map.entry("apache license 2.0", "Apache-2.0"),
          Map.entry("apache 2.0", "Apache-2.0"),
          Map.entry("apache 2 license", "Apache-2.0"),
          Map.entry("mit license", "MIT"),
          Map.entry("the mit license", "MIT"),
          Map.entry("public domain, per creative commons cc0", "CC0-1.0"),
          Map.entry("public domain", "CC0-1.0"),
          Map.entry("eclipse public license 2.0", "EPL-2.0"),
          Map.entry("eclipse public license - v 2.0", "EPL-2.0"),
          Map.entry("eclipse distribution license - v 1.0", "BSD-3-Clause"),
          Map.entry("edl 1.0", "BSD-3-Clause"),
          Map.entry("gpl2 w/ cpe", "GPL-2.0-with-classpath-exception"),
          Map.entry(
              "gnu general public license, version 2 with the gnu classpath exception",
              "GPL-2.0-with-classpath-exception"),
          Map.entry("gnu lesser general public license v2.1 or later", "LGPL-2.1-or-later"));

  private Licences() {}

  /** Its SPDX identifier where it is known, else as it is. */
  static String identifier(String name) {
    return OTHER_NAMES.getOrDefault(name.strip().toLowerCase(java.util.Locale.ROOT), name.strip());
  }

  /** Of several, the user may choose: one that is allowed is enough. None is not. */
  static boolean allowed(List<String> licences) {
    return licences.stream().anyMatch(ALLOWED::contains);
  }
}
