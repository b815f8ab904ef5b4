package dev.ringlift.e2e.chart;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The chart of this checkout, rendered by Helm's own library. */
public final class RingliftChart {
  /** What each release is called here. */
  public static final String RELEASE = "ringlift";

  /** The service account of the operators. */
  public static final String OPERATOR = RELEASE + "-operator";

  /** The service account of the agents. */
  public static final String AGENT = RELEASE + "-agent";

  /** Kinds of site that the chart has values for. */
  public static final List<String> PRESETS = List.of("config-map", "swift-operator", "host-path");

  private static final Path FOLDER =
      Path.of("").toAbsolutePath().resolve("../../helm/ringlift").normalize();
  private static final String KUBERNETES = "1.34.1";

  private RingliftChart() {}

  /** The folder of the chart. */
  public static Path folder() {
    return FOLDER;
  }

  /** The version of what it installs, which its images have as tag. */
  public static String version() {
    try (Stream<String> lines = Files.lines(FOLDER.resolve("Chart.yaml"))) {
      return lines
          .filter(line -> line.startsWith("appVersion: "))
          .map(line -> line.substring("appVersion: ".length()).strip())
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The values for a kind of site. */
  public static Path preset(String name) {
    return FOLDER.resolve("values-" + name + ".yaml");
  }

  /** What Helm says of the chart with these values. */
  public static LintResult lint() {
    return new Helm(FOLDER).lint().strict().call();
  }

  /**
   * All manifests, as {@code helm template}.
   *
   * @param values as {@code --set}: a path and what is to be there
   * @throws IllegalStateException with Helm's message where it refuses the values
   */
  public static String render(String namespace, List<Path> presets, Map<String, ?> values) {
    TemplateCommand command =
        new Helm(FOLDER)
            .template()
            .withName(RELEASE)
            .withNamespace(namespace)
            .withKubeVersion(KUBERNETES);
    presets.forEach(command::withValuesFile);
    values.forEach(command::set);
    return command.call();
  }

  /** Accounts, roles and the policy alone, for programs that run outside of pods. */
  public static String access(String namespace, Map<String, ?> values) {
    StringBuilder access = new StringBuilder();
    for (String manifest : render(namespace, List.of(), values).split("(?m)^---$", -1)) {
      if (manifest.contains("# Source: ringlift/templates/access/")) {
        access.append("---").append(manifest);
      }
    }
    return access.toString();
  }
}
