package dev.ringlift.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/**
 * Where a ring and its builder are kept.
 *
 * @param type kind of store
 * @param configMaps names of the ConfigMaps in the increase's namespace that hold, in binaryData,
 *     the ring ({@code object[-N].ring.gz}) and its builder ({@code object[-N].builder})
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RingSource(
    @JsonPropertyDescription("Kind of store that holds ring and builder.") @Default("ConfigMap")
        Type type,
    @JsonPropertyDescription(
            "Name of the ConfigMap, in this namespace, whose binaryData holds object[-N].ring.gz and object[-N].builder.")
        @Required
        @Size(min = 1, max = 1)
        @ListType(ListType.Kind.ATOMIC)
        List<@Size(min = 1, max = 253) String> configMaps) {

  public RingSource {
    configMaps = List.copyOf(configMaps);
  }

  /** Kinds of ring stores. */
  public enum Type {
    /** Ring and builder in the binaryData of a ConfigMap. */
    ConfigMap
  }
}
