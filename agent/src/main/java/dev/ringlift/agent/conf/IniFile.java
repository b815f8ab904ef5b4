package dev.ringlift.agent.conf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A configuration file as Swift reads it (Python's ConfigParser): sections, {@code key = value} or
 * {@code key: value}, values that go on in indented lines, comments, defaults for all sections
 * under {@code [DEFAULT]}, {@code %(other)s} in values. A directory stands for its {@code *.conf}
 * files in order of their names.
 */
public final class IniFile {
  private static final Pattern SECTION = Pattern.compile("\\[([^]]+)].*");
  private static final Pattern OPTION = Pattern.compile("([^=:\\s][^=:]*?)\\s*[=:]\\s*(.*)");
  private static final Pattern REFERENCE = Pattern.compile("%\\(([^)]+)\\)s");
  private static final int DEEPEST_REFERENCE = 10;

  private final Map<String, Map<String, String>> sections = new LinkedHashMap<>();

  private IniFile() {}

  /**
   * Reads a file or a directory of files.
   *
   * @throws UserError if it can't be read, or a line is no option of a section
   */
  public static IniFile read(Path path) throws UserError {
    IniFile file = new IniFile();
    try {
      if (Files.isDirectory(path)) {
        try (Stream<Path> entries = Files.list(path)) {
          for (Path each :
              entries.filter(entry -> entry.toString().endsWith(".conf")).sorted().toList()) {
            file.add(Files.readAllLines(each, StandardCharsets.ISO_8859_1), each);
          }
        }
      } else {
        file.add(Files.readAllLines(path, StandardCharsets.ISO_8859_1), path);
      }
    } catch (IOException e) {
      throw new UserError("The configuration " + path + " cannot be read: " + e.getMessage() + ".");
    }
    return file;
  }

  /** The names of the sections, DEFAULT not among them. */
  public List<String> sections() {
    return sections.keySet().stream().filter(name -> !name.equals("DEFAULT")).toList();
  }

  /** The options of a section with the defaults; empty when there is no such section. */
  public Optional<Map<String, String>> section(String name) {
    Map<String, String> own = sections.get(name);
    if (own == null) {
      return Optional.empty();
    }
    Map<String, String> options = new LinkedHashMap<>(sections.getOrDefault("DEFAULT", Map.of()));
    options.putAll(own);
    Map<String, String> resolved = new LinkedHashMap<>();
    options.forEach((key, value) -> resolved.put(key, resolve(value, options)));
    return Optional.of(resolved);
  }

  private static String resolve(String value, Map<String, String> options) {
    String text = value;
    for (int depth = 0; depth < DEEPEST_REFERENCE && text.contains("%("); depth++) {
      text =
          REFERENCE
              .matcher(text)
              .replaceAll(
                  match -> Matcher.quoteReplacement(options.getOrDefault(match.group(1), "")));
    }
    return text;
  }

  private void add(List<String> lines, Path path) throws UserError {
    Map<String, String> section = null;
    String key = null;
    for (String line : lines) {
      if (line.isBlank()
          || line.stripLeading().startsWith("#")
          || line.stripLeading().startsWith(";")) {
        continue;
      }
      Matcher header = SECTION.matcher(line);
      Matcher option = OPTION.matcher(line);
      if (header.matches()) {
        section = sections.computeIfAbsent(header.group(1), name -> new LinkedHashMap<>());
        key = null;
      } else if (section != null && key != null && Character.isWhitespace(line.charAt(0))) {
        section.merge(key, line.strip(), (before, more) -> before + "\n" + more);
      } else if (section != null && option.matches()) {
        key = option.group(1);
        section.put(key, option.group(2).strip());
      } else {
        throw new UserError(
            "The configuration "
                + path
                + " has a line that is no option of a section: "
                + line.strip());
      }
    }
  }
}
