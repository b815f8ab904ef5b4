package dev.ringlift.operator.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.operator.plan.Check;
import dev.ringlift.operator.plan.Md5;
import dev.ringlift.operator.plan.StoredRing;
import dev.ringlift.operator.plan.TaskNames;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingFileName;
import dev.ringlift.ring.RingFormatException;
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
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Ring and builder under two keys of one ConfigMap's binaryData.
 *
 * <p>A write is one merge patch of these two keys that carries the resourceVersion it was made
 * from: the API server refuses it if anything in the map has changed since, and every other key,
 * label, owner and finalizer stays as it is.
 */
public final class ConfigMapRingStore implements RingStore {
  /** What the API server lets a ConfigMap's values add up to (core validation, MaxSecretSize). */
  static final long LIMIT_BYTES = 1024 * 1024;

  private static final String FIELD_MANAGER = "ringlift-operator";

  private final KubernetesClient client;
  private final PartitionPowerIncrease increase;
  private final String name;
  private final String ringKey;
  private final String builderKey;

  public ConfigMapRingStore(KubernetesClient client, PartitionPowerIncrease increase) {
    this.client = client;
    this.increase = increase;
    this.name = increase.getSpec().ring().configMaps().getFirst();
    this.ringKey = RingFileName.ring(increase.getSpec().policyIndex());
    this.builderKey = RingFileName.builder(increase.getSpec().policyIndex());
  }

  @Override
  public StoredRing read() {
    ConfigMap map = configMap().get();
    if (map == null) {
      return new StoredRing.Unusable(
          Check.RingStore,
          "There is no ConfigMap %s in namespace %s.".formatted(name, namespace()));
    }
    if (Boolean.TRUE.equals(map.getImmutable())) {
      return new StoredRing.Unusable(
          Check.RingStore, "ConfigMap " + name + " is immutable: the ring in it can't be changed.");
    }
    for (String key : new String[] {ringKey, builderKey}) {
      Optional<StoredRing.Unusable> missing = missing(map, key);
      if (missing.isPresent()) {
        return missing.get();
      }
    }
    return parse(map);
  }

  private Optional<StoredRing.Unusable> missing(ConfigMap map, String key) {
    if (binaryData(map).containsKey(key)) {
      return Optional.empty();
    }
    boolean text = map.getData() != null && map.getData().containsKey(key);
    TreeSet<String> keys = new TreeSet<>(binaryData(map).keySet());
    String found =
        text
            ? "it has that key under data, as text; put the file there with kubectl create configmap"
                + " --from-file"
            : keys.isEmpty() ? "it has none" : "it has " + String.join(", ", keys);
    return Optional.of(
        new StoredRing.Unusable(
            Check.RingStore,
            "ConfigMap %s has no binaryData key %s: %s.".formatted(name, key, found)));
  }

  private StoredRing parse(ConfigMap map) {
    byte[] ringFile = bytes(map, ringKey);
    byte[] builderFile = bytes(map, builderKey);
    Ring ring;
    try {
      ring = Ring.read(ringFile);
    } catch (RingFormatException e) {
      return unreadable(Check.RingReadable, ringKey, e);
    }
    try {
      RingBuilder builder = RingBuilder.read(builderFile);
      return new StoredRing.Pair(
          map.getMetadata().getResourceVersion(),
          Md5.hex(ringFile),
          ring,
          builder,
          size(map) - ringFile.length - builderFile.length,
          LIMIT_BYTES);
    } catch (RingFormatException e) {
      return unreadable(Check.BuilderReadable, builderKey, e);
    }
  }

  private StoredRing unreadable(Check check, String key, RingFormatException reason) {
    String what = check == Check.RingReadable ? "ring" : "builder";
    return new StoredRing.Unusable(
        check,
        "%s in ConfigMap %s is no %s that could be used. %s"
            .formatted(key, name, what, reason.getMessage()));
  }

  private static long size(ConfigMap map) {
    long size = 0;
    for (String value : binaryData(map).values()) {
      size += Base64.getDecoder().decode(value).length;
    }
    if (map.getData() != null) {
      for (String value : map.getData().values()) {
        size += value.getBytes(UTF_8).length;
      }
    }
    return size;
  }

  @Override
  public void backUp(String resourceVersion) throws StoreChangedException {
    ConfigMap map = configMap().get();
    if (map == null || !resourceVersion.equals(map.getMetadata().getResourceVersion())) {
      throw changed(null);
    }
    String md5 = Md5.hex(bytes(map, ringKey));
    ConfigMap backup =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withNamespace(namespace())
            .withName(TaskNames.bounded(increase.getMetadata().getName() + "-backup-" + md5))
            .addToLabels(ApiConstants.LABEL_INCREASE_UID, increase.getMetadata().getUid())
            .withOwnerReferences(owner())
            .endMetadata()
            .addToBinaryData(ringKey, binaryData(map).get(ringKey))
            .addToBinaryData(builderKey, binaryData(map).get(builderKey))
            .build();
    // The name holds the md5: what is there already is this very ring. Where it belongs to an
    // increase of this name that was deleted, it gets this one as owner too, and outlives that.
    client.resource(backup).fieldManager(FIELD_MANAGER).forceConflicts().serverSideApply();
  }

  @Override
  public void write(String resourceVersion, Ring ring, RingBuilder builder)
      throws StoreChangedException {
    ConfigMap patch =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withResourceVersion(resourceVersion)
            .endMetadata()
            .addToBinaryData(ringKey, Base64.getEncoder().encodeToString(ring.toBytes()))
            .addToBinaryData(builderKey, Base64.getEncoder().encodeToString(builder.toBytes()))
            .build();
    try {
      configMap()
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              client.getKubernetesSerialization().asJson(patch));
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT
          || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        throw changed(e);
      }
      throw e;
    }
  }

  private StoreChangedException changed(@Nullable Exception cause) {
    String message = "ConfigMap " + name + " was changed in between.";
    return cause == null
        ? new StoreChangedException(message)
        : new StoreChangedException(message, cause);
  }

  private OwnerReference owner() {
    return new OwnerReferenceBuilder()
        .withApiVersion(increase.getApiVersion())
        .withKind(increase.getKind())
        .withName(increase.getMetadata().getName())
        .withUid(increase.getMetadata().getUid())
        .build();
  }

  private Resource<ConfigMap> configMap() {
    return client.configMaps().inNamespace(namespace()).withName(name);
  }

  private String namespace() {
    return increase.getMetadata().getNamespace();
  }

  private static Map<String, String> binaryData(ConfigMap map) {
    return map.getBinaryData() == null ? Map.of() : new LinkedHashMap<>(map.getBinaryData());
  }

  private static byte[] bytes(ConfigMap map, String key) {
    return Base64.getDecoder().decode(binaryData(map).getOrDefault(key, ""));
  }
}
