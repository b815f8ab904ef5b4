package dev.ringlift.operator.store;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.ring.PartIndex;
import dev.ringlift.ring.RingParts;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The ConfigMaps with the parts of one map's rings and builders, one part each: immutable, and
 * named by what they hold. What an index names has no increase as owner; what none names any more
 * has, and is removed with it.
 */
final class PartMaps {
  private final KubernetesClient client;
  private final PartitionPowerIncrease increase;
  private final OwnerReference owner;
  private final String map;

  /**
   * @param owner the increase, as an owner
   * @param map the name of the map with the indexes
   */
  PartMaps(
      KubernetesClient client, PartitionPowerIncrease increase, OwnerReference owner, String map) {
    this.client = client;
    this.increase = increase;
    this.owner = owner;
    this.map = map;
  }

  /**
   * Reads a part that the map's index names. One that has an increase as owner is of a state that
   * was put back: it is freed of it, or it would be removed with that increase.
   */
  Optional<byte[]> current(String where, String name) {
    ConfigMap part = named(where).get();
    if (part == null) {
      return Optional.empty();
    }
    if (part.getMetadata().getOwnerReferences().stream().anyMatch(PartMaps::isIncrease)) {
      own(
          part,
          part.getMetadata().getOwnerReferences().stream()
              .filter(reference -> !isIncrease(reference))
              .toList());
    }
    return content(part, name);
  }

  /** Reads a part, whoever names it. */
  Optional<byte[]> part(String where, String name) {
    return Optional.ofNullable(named(where).get()).flatMap(part -> content(part, name));
  }

  private static Optional<byte[]> content(ConfigMap part, String name) {
    return Optional.ofNullable(part.getBinaryData())
        .map(data -> data.get(name))
        .map(MapEntries::decoded);
  }

  private static boolean isIncrease(OwnerReference owner) {
    return owner.getKind().equals("PartitionPowerIncrease")
        && owner.getApiVersion().startsWith(ApiConstants.GROUP + "/");
  }

  /** Asks whether all parts may be made; of those that are there already, that was seen before. */
  void rehearse(RingParts parts) {
    for (int i = 0; i < parts.contents().size(); i++) {
      PartIndex.Part part = parts.index().parts().get(i);
      MapEntries content = MapEntries.binary(part.name(), parts.contents().get(i));
      try {
        client.resource(wanted(part, parts.index().file(), content)).dryRun().create();
      } catch (KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
          throw e;
        }
      }
    }
  }

  /** Makes all parts, none of which has an owner. */
  void create(RingParts parts) {
    for (int i = 0; i < parts.contents().size(); i++) {
      PartIndex.Part part = parts.index().parts().get(i);
      create(part, parts.index().file(), MapEntries.binary(part.name(), parts.contents().get(i)));
    }
  }

  private ConfigMap wanted(PartIndex.Part part, String file, MapEntries content) {
    return content
        .addTo(new ConfigMapBuilder())
        .withNewMetadata()
        .withNamespace(namespace())
        .withName(part.where())
        .addToLabels(ApiConstants.LABEL_RING_FILE, file)
        .addToAnnotations(ApiConstants.ANNOTATION_CONFIG_MAP, map)
        .endMetadata()
        .withImmutable(true)
        .build();
  }

  private void create(PartIndex.Part part, String file, MapEntries content) {
    ConfigMap wanted = wanted(part, file, content);
    try {
      client.resource(wanted).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      // Of a run that died, or of a state that comes back. What holds something else under this
      // name was made by another hand, and no index that could be read names it.
      if (!current(part.where(), part.name())
          .map(found -> holds(found, content, part))
          .orElse(false)) {
        named(part.where()).delete();
        client.resource(wanted).create();
      }
    }
  }

  private static boolean holds(byte[] found, MapEntries content, PartIndex.Part part) {
    return content.equals(MapEntries.binary(part.name(), found));
  }

  /**
   * Makes the increase the owner of every part of these files that no index names and nobody owns:
   * of what was superseded, and of what was begun and never published.
   *
   * @param files whose parts are meant
   * @param current the places that the map's indexes name
   */
  void release(Set<String> files, Set<String> current) {
    for (String file : files) {
      for (ConfigMap part : ofFile(file)) {
        if (!current.contains(part.getMetadata().getName())
            && part.getMetadata().getOwnerReferences().isEmpty()) {
          own(part, List.of(owner));
        }
      }
    }
  }

  private List<ConfigMap> ofFile(String file) {
    return client
        .configMaps()
        .inNamespace(namespace())
        .withLabel(ApiConstants.LABEL_RING_FILE, file)
        .list()
        .getItems()
        .stream()
        .filter(
            part ->
                Optional.ofNullable(part.getMetadata().getAnnotations())
                    .map(annotations -> annotations.get(ApiConstants.ANNOTATION_CONFIG_MAP))
                    .filter(map::equals)
                    .isPresent())
        .toList();
  }

  private void own(ConfigMap part, List<OwnerReference> owners) {
    Map<String, Object> patch =
        Map.of(
            "metadata",
            Map.of(
                "resourceVersion",
                part.getMetadata().getResourceVersion(),
                "ownerReferences",
                owners));
    named(part.getMetadata().getName())
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            client.getKubernetesSerialization().asJson(patch));
  }

  private Resource<ConfigMap> named(String name) {
    return client.configMaps().inNamespace(namespace()).withName(name);
  }

  private String namespace() {
    return increase.getMetadata().getNamespace();
  }
}
