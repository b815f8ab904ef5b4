package dev.ringlift.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds docs/configuration.md against the options that there are, and their defaults. */
class ConfigurationDocumentTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(RINGLIFT_\\w+)` \\| `(.*?)` \\|");

  @Test
  void everyOptionIsDocumentedWithItsDefaultAndNoOther() throws IOException {
    Map<String, String> options = new TreeMap<>();
    collect("RINGLIFT_", OperatorConfig.class, options);
    // of the web server: application.properties
    options.put("RINGLIFT_HTTP_PORT", "8080");

    assertThat(documented()).isEqualTo(options);
  }

  @Test
  void theChartKnowsNoOptionThatThereIsNot() throws IOException {
    var settings =
        new ObjectMapper()
            .readTree(Path.of("../helm/ringlift/values.schema.json").toFile())
            .at("/properties/operator/properties/settings/properties");

    assertThat(settings.fieldNames()).toIterable().isNotEmpty();
    assertThat(settings.fieldNames())
        .toIterable()
        .extracting(name -> "RINGLIFT_" + upper(name))
        .allSatisfy(name -> assertThat(documented()).containsKey(name));
  }

  private static void collect(String prefix, Class<?> config, Map<String, String> options) {
    for (Method option : config.getDeclaredMethods()) {
      String name = prefix + upper(option.getName());
      if (option.getReturnType().getEnclosingClass() == OperatorConfig.class) {
        collect(name + "_", option.getReturnType(), options);
      } else {
        options.put(
            name, Objects.requireNonNull(option.getAnnotation(WithDefault.class), name).value());
      }
    }
  }

  private static String upper(String camelCase) {
    return camelCase.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
  }

  private static Map<String, String> documented() throws IOException {
    String text = Files.readString(Path.of("../docs/configuration.md"));
    String section = text.split("(?m)^## ", -1)[1];
    assertThat(section).startsWith("Operator\n");
    return ROW.matcher(section)
        .results()
        .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));
  }
}
