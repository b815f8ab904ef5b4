package dev.ringlift.operator.store;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.operator.plan.Check;
import dev.ringlift.operator.plan.StoredRing.Revision;
import dev.ringlift.operator.plan.TaskNames;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The ConfigMaps that an increase names: read as they are now, patched only over what was read, and
 * backed up.
 *
 * <p>A write is a merge patch of some keys that carries the resourceVersion it was made from: the
 * API server refuses it if anything in the map has changed since, and every other key, label, owner
 * and finalizer stays as it is.
 */
final class GuardedMaps {
  private static final String FIELD_MANAGER = "ringlift-operator";

  private final KubernetesClient client;
  private final PartitionPowerIncrease increase;
  private final boolean dryRun;

  GuardedMaps(KubernetesClient client, PartitionPowerIncrease increase) {
    this(client, increase, false);
  }

  private GuardedMaps(KubernetesClient client, PartitionPowerIncrease increase, boolean dryRun) {
    this.client = client;
    this.increase = increase;
    this.dryRun = dryRun;
  }

  /** The same maps, whose patches the API server only judges. */
  GuardedMaps rehearsal() {
    return new GuardedMaps(client, increase, true);
  }

  /** All that the increase names, in that order. */
  List<ConfigMap> read() throws UnusableStoreException {
    List<ConfigMap> maps = new ArrayList<>();
    for (String name : increase.getSpec().ring().configMaps()) {
      ConfigMap map = named(name).get();
      if (map == null) {
        throw new UnusableStoreException(
            Check.RingStore,
            "There is no ConfigMap %s in namespace %s.".formatted(name, namespace()));
      }
      if (Boolean.TRUE.equals(map.getImmutable())) {
        throw new UnusableStoreException(
            Check.RingStore,
            "ConfigMap " + name + " is immutable: the ring in it can't be changed.");
      }
      maps.add(map);
    }
    return maps;
  }

  static String name(ConfigMap map) {
    return map.getMetadata().getName();
  }

  /** That of all these maps together, as they were read. */
  static Revision revision(Stream<ConfigMap> maps) {
    return new Revision(
        maps.map(map -> name(map) + "@" + map.getMetadata().getResourceVersion())
            .sorted()
            .distinct()
            .collect(Collectors.joining(" ")));
  }

  /**
   * Sets these values, and nothing else.
   *
   * @param seen the map as it was read
   * @throws StoreChangedException if it is no longer that; then nothing was written
   */
  void patch(ConfigMap seen, MapEntries entries) throws StoreChangedException {
    patch(seen, entries, Set.of());
  }

  /**
   * Sets these values, removes others, and nothing else.
   *
   * @param seen the map as it was read
   * @param removed keys, of text or binary values, none of which is among the entries
   * @return the map as it then is
   * @throws StoreChangedException if it is no longer that; then nothing was written
   */
  ConfigMap patch(ConfigMap seen, MapEntries entries, Set<String> removed)
      throws StoreChangedException {
    Map<String, @Nullable String> text = new TreeMap<>(entries.text());
    Map<String, @Nullable String> binary = new TreeMap<>(entries.binary());
    for (String key : removed) {
      text.put(key, null);
      binary.put(key, null);
    }
    Map<String, Object> patch =
        Map.of(
            "metadata",
            Map.of("resourceVersion", seen.getMetadata().getResourceVersion()),
            "data",
            text,
            "binaryData",
            binary);
    try {
      return named(name(seen)).patch(context(), client.getKubernetesSerialization().asJson(patch));
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT
          || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        throw new StoreChangedException("ConfigMap " + name(seen) + " was changed in between.", e);
      }
      throw e;
    }
  }

  private PatchContext context() {
    PatchContext.Builder context = new PatchContext.Builder().withPatchType(PatchType.JSON_MERGE);
    return dryRun ? context.withDryRun(List.of("All")).build() : context.build();
  }

  /**
   * Keeps values of a map in another one, which goes when the increase goes. A merge patch of the
   * former with the data and binaryData of the latter is the way back.
   *
   * @param entries what to keep, as it is there
   * @param ringMd5 of the ring that is there: with the map, what tells backups of an increase apart
   * @param before the change that is about to be made; null if none is
   */
  void backUp(ConfigMap from, MapEntries entries, String ringMd5, @Nullable Publication before) {
    ConfigMap backup =
        entries
            .addTo(new ConfigMapBuilder())
            .withNewMetadata()
            .withNamespace(namespace())
            .withName(backup(ringMd5, name(from)))
            .addToLabels(ApiConstants.LABEL_INCREASE_UID, increase.getMetadata().getUid())
            .addToLabels(
                before == null
                    ? Map.of()
                    : Map.of(
                        ApiConstants.LABEL_CYCLE,
                        Integer.toString(before.cycle()),
                        ApiConstants.LABEL_BEFORE,
                        before.transition()))
            .addToAnnotations(ApiConstants.ANNOTATION_CONFIG_MAP, name(from))
            .withOwnerReferences(owner())
            .endMetadata()
            .build();
    // The name holds the md5: what is there already is this very ring. Where it belongs to an
    // increase of this name that was deleted, it gets this one as owner instead, and outlives that.
    client.resource(backup).fieldManager(FIELD_MANAGER).forceConflicts().serverSideApply();
  }

  /** The copies that were made while this ring was there. */
  List<ConfigMap> backups(String ringMd5) {
    return increase.getSpec().ring().configMaps().stream()
        .map(map -> named(backup(ringMd5, map)).get())
        .filter(Objects::nonNull)
        .toList();
  }

  private String backup(String ringMd5, String map) {
    return TaskNames.backup(increase.getMetadata().getName(), ringMd5, map);
  }

  /** The increase, as an owner. */
  OwnerReference owner() {
    return new OwnerReferenceBuilder()
        .withApiVersion(increase.getApiVersion())
        .withKind(increase.getKind())
        .withName(increase.getMetadata().getName())
        .withUid(increase.getMetadata().getUid())
        .build();
  }

  private Resource<ConfigMap> named(String name) {
    return client.configMaps().inNamespace(namespace()).withName(name);
  }

  private String namespace() {
    return increase.getMetadata().getNamespace();
  }
}
