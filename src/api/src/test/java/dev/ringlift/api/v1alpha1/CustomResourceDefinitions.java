package dev.ringlift.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Generates the CustomResourceDefinitions from the types: fabric8's generator, and after it what
 * that generator has no annotation for: list types and their keys, column order, a required spec.
 */
final class CustomResourceDefinitions {

  private static final Map<Class<?>, List<Class<?>>> KINDS =
      Map.of(
          PartitionPowerIncrease.class,
          List.of(PartitionPowerIncreaseSpec.class, PartitionPowerIncreaseStatus.class),
          StorageNode.class,
          List.of(StorageNodeSpec.class, StorageNodeStatus.class),
          RelinkTask.class,
          List.of(RelinkTaskSpec.class, RelinkTaskStatus.class));

  private CustomResourceDefinitions() {}

  /** File name to contents, as they belong into {@code crds/}. */
  static Map<String, String> generate(Path scratch) throws IOException {
    new CRDGenerator()
        .inOutputDir(scratch.toFile())
        .forCRDVersions("v1")
        .withParallelGenerationEnabled(false)
        .withMinQuotes(true)
        .withPostProcessor(new Refinements())
        .customResourceClasses(PartitionPowerIncrease.class, StorageNode.class, RelinkTask.class)
        .generate();
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> generated = Files.list(scratch)) {
      generated.forEach(
          file ->
              files.put(
                  file.getFileName().toString().replace("-v1.yml", ".yaml"), withoutHeader(file)));
    }
    return files;
  }

  private static String withoutHeader(Path file) {
    try {
      return Files.readString(file).replaceFirst("(?m)\\A(#.*\\R)+", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the generator has no annotation for. */
  private static final class Refinements implements CRDPostProcessor {
    @Override
    public HasMetadata process(HasMetadata resource, String version) {
      CustomResourceDefinition crd = (CustomResourceDefinition) resource;
      CustomResourceDefinitionVersion only = crd.getSpec().getVersions().getFirst();
      JSONSchemaProps root = only.getSchema().getOpenAPIV3Schema();
      KINDS.forEach(
          (kind, records) -> {
            if (crd.getSpec().getNames().getKind().equals(kind.getSimpleName())) {
              inDeclaredOrder(only.getAdditionalPrinterColumns(), kind);
              for (Class<?> type : records) {
                boolean spec = type.getSimpleName().endsWith("Spec");
                annotate(schemaOf(spec ? "spec" : "status", root.getProperties()), type);
                if (spec && kind != StorageNode.class) { // an agent makes one without
                  root.setRequired(List.of("spec"));
                }
              }
            }
          });
      return crd;
    }
  }

  /** The generator sorts columns by their paths; kubectl shows them as they stand here. */
  private static void inDeclaredOrder(List<CustomResourceColumnDefinition> columns, Class<?> kind) {
    List<String> declared =
        Arrays.stream(kind.getAnnotationsByType(AdditionalPrinterColumn.class))
            .map(AdditionalPrinterColumn::name)
            .toList();
    columns.sort(Comparator.comparingInt(column -> declared.indexOf(column.getName())));
  }

  private static JSONSchemaProps schemaOf(String name, Map<String, JSONSchemaProps> properties) {
    return Objects.requireNonNull(
        properties.get(name), () -> "no schema was generated for " + name);
  }

  private static void annotate(JSONSchemaProps schema, Class<?> type) {
    for (RecordComponent component : type.getRecordComponents()) {
      JSONSchemaProps property = schemaOf(component.getName(), schema.getProperties());
      if (property.getXKubernetesValidations() != null) {
        // An annotation of a record's component stands on its field and on its accessor.
        property.setXKubernetesValidations(
            property.getXKubernetesValidations().stream().distinct().toList());
      }
      ListType listType = component.getAnnotation(ListType.class);
      if (listType != null) {
        property.setXKubernetesListType(listType.value().name().toLowerCase(Locale.ROOT));
        if (listType.keys().length > 0) {
          property.setXKubernetesListMapKeys(List.of(listType.keys()));
          // The API server takes a list map only if its keys can't be absent.
          JSONSchemaProps item = property.getItems().getSchema();
          item.setRequired(
              Stream.concat(item.getRequired().stream(), Arrays.stream(listType.keys()))
                  .distinct()
                  .sorted()
                  .toList());
        }
      }
      if (component.getType().isRecord()) {
        annotate(property, component.getType());
      } else if (component.getType() == List.class) {
        Type item = ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
        if (item instanceof Class<?> itemClass && itemClass.isRecord()) {
          annotate(property.getItems().getSchema(), itemClass);
        }
      }
    }
  }
}
