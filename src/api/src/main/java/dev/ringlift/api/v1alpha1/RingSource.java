package dev.ringlift.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * Where a ring and its builder are kept.
 *
 * @param type kind of store
 * @param configMaps names of the ConfigMaps in the increase's namespace that hold ring and builder,
 *     each in one of them; where absent, those that the type has by default
 * @param encoding how the ring stands in its ConfigMap; the builder always stands in binaryData,
 *     under {@code object[-N].builder}
 * @param builder whether the builder is there, too
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "self.type != 'HostPath' || (has(self.configMaps) && size(self.configMaps) == 1)",
    message = "type HostPath takes one ConfigMap, which holds ring and builder")
@ValidationRule(
    value = "self.encoding == 'Raw' || self.type == 'ConfigMap'",
    message = "encoding Base64 goes with type ConfigMap only")
@ValidationRule(
    value = "has(self.configMaps) || self.type == 'SwiftOperator'",
    message = "configMaps has to name the ConfigMaps that hold the ring")
@ValidationRule(
    value =
        "self.type != 'SwiftOperator' || (self.builder == 'Required' && (!has(self.configMaps) || size(self.configMaps) == 1))",
    message = "type SwiftOperator goes with one ConfigMap, and with the builder in it")
public record RingSource(
    @JsonPropertyDescription(
            "Kind of store. ConfigMap: pods mount the ring from it. SwiftOperator: as ConfigMap, with the builder in swiftrings.tar.gz, as openstack-k8s-operators/swift-operator has it. HostPath: agents install it from there in a directory of their node. External: the ring is offered there, and you or your tools bring it to every process that loads it.")
        @Default("ConfigMap")
        Type type,
    @JsonPropertyDescription(
            "Names of the ConfigMaps, in this namespace, that hold the ring and its builder: both in one, or each in another. Only type SwiftOperator has a default: swift-ring-files.")
        @Size(min = 1, max = 8)
        @ListType(ListType.Kind.SET)
        List<@Size(min = 1, max = 253) @Pattern(NamePatterns.OBJECT) String> configMaps,
    @JsonPropertyDescription(
            "How the ring stands in its ConfigMap. Raw: in binaryData, under object[-N].ring.gz. Base64: as base64 text in data, under ring.b64.")
        @Default("Raw")
        Encoding encoding,
    @JsonPropertyDescription(
            "Required: the builder stands in binaryData, under object[-N].builder, and changes with the ring. Absent: you keep it elsewhere, and run on it what events tell.")
        @Default("Required")
        Builder builder) {

  /** What swift-operator calls its ConfigMap unless it is told otherwise. */
  private static final String SWIFT_OPERATORS_MAP = "swift-ring-files";

  public RingSource {
    if (configMaps == null) {
      configMaps = type == Type.SwiftOperator ? List.of(SWIFT_OPERATORS_MAP) : List.of();
    }
    configMaps = List.copyOf(configMaps);
  }

  /** The plainest: ring and builder, as they are, in ConfigMaps that pods mount. */
  public static RingSource inConfigMaps(String... names) {
    return new RingSource(Type.ConfigMap, List.of(names), Encoding.Raw, Builder.Required);
  }

  /** The ConfigMap of swift-operator. */
  public static RingSource ofSwiftOperator(String name) {
    return new RingSource(Type.SwiftOperator, List.of(name), Encoding.Raw, Builder.Required);
  }

  /** Kinds of ring stores. */
  public enum Type {
    /** Pods mount the ring from the ConfigMap. */
    ConfigMap,
    /** As that, and the builder is in a tar beside it, with rings and backups. */
    SwiftOperator,
    /**
     * Agents install the ring from the ConfigMap in a directory of their node; what is too large
     * for it is in parts.
     */
    HostPath,
    /** The ring is offered in a ConfigMap, and somebody else brings it where it is loaded. */
    External
  }

  /** How a ring stands in a ConfigMap. */
  public enum Encoding {
    /** The file, in binaryData. */
    Raw,
    /** As text that pods decode when they start. */
    Base64
  }

  /** Whether the builder is in the store. */
  public enum Builder {
    /** It changes together with the ring. */
    Required,
    /** The user keeps it elsewhere, and changes it there. */
    Absent
  }
}
