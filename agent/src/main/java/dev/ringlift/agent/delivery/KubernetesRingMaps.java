package dev.ringlift.agent.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringlift.agent.contact.Watches;
import dev.ringlift.api.v1alpha1.ApiConstants;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * ConfigMaps of the agent's namespace. Those with rings are watched, each by its name, however long
 * the API server is out of reach; those with parts are read when they are needed.
 */
public final class KubernetesRingMaps implements RingMaps, AutoCloseable {
  private final KubernetesClient client;
  private final String namespace;
  private final List<String> names;
  private final Map<String, SharedIndexInformer<ConfigMap>> informers = new ConcurrentHashMap<>();
  private final Map<String, Decoded> decoded = new ConcurrentHashMap<>();

  /** A map is decoded once, not at each look at it. */
  private record Decoded(String uid, String resourceVersion, RingMap map) {
    boolean isOf(ConfigMap found) {
      return found.getMetadata().getUid().equals(uid)
          && found.getMetadata().getResourceVersion().equals(resourceVersion);
    }
  }

  /**
   * @param names of the maps with rings
   */
  public KubernetesRingMaps(KubernetesClient client, String namespace, List<String> names) {
    this.client = client;
    this.namespace = namespace;
    this.names = List.copyOf(names);
  }

  /**
   * Begins to watch; until then no map is known.
   *
   * @param changed called at each change of a map with rings
   */
  public void watch(Runnable changed) {
    names.forEach(name -> informers.put(name, watch(name, changed)));
  }

  private SharedIndexInformer<ConfigMap> watch(String name, Runnable changed) {
    return Watches.start(
        client.configMaps().inNamespace(namespace).withName(name).runnableInformer(0), changed);
  }

  private Optional<SharedIndexInformer<ConfigMap>> informer(String name) {
    return Optional.ofNullable(informers.get(name));
  }

  @Override
  public boolean known(String name) {
    return informer(name).map(SharedIndexInformer::hasSynced).orElse(false);
  }

  @Override
  public Optional<RingMap> map(String name) {
    return informer(name)
        .flatMap(informer -> informer.getStore().list().stream().findFirst())
        .map(
            map ->
                decoded
                    .compute(
                        name, (key, last) -> last != null && last.isOf(map) ? last : decode(map))
                    .map());
  }

  private static Decoded decode(ConfigMap map) {
    return new Decoded(
        map.getMetadata().getUid(),
        map.getMetadata().getResourceVersion(),
        new RingMap(values(map), meant(map)));
  }

  private static Map<String, byte[]> values(ConfigMap map) {
    Map<String, byte[]> values = new HashMap<>();
    if (map.getData() != null) {
      map.getData().forEach((key, text) -> values.put(key, text.getBytes(UTF_8)));
    }
    if (map.getBinaryData() != null) {
      map.getBinaryData().forEach((key, text) -> values.put(key, Base64.getDecoder().decode(text)));
    }
    return values;
  }

  private static Set<String> meant(ConfigMap map) {
    Set<String> meant = new HashSet<>();
    Map<String, String> annotations = map.getMetadata().getAnnotations();
    String annotated =
        annotations == null ? null : annotations.get(ApiConstants.ANNOTATION_INSTALL_OVER_NEWER);
    if (annotated != null) {
      for (String md5 : annotated.split(",", -1)) {
        meant.add(md5.strip());
      }
    }
    return meant;
  }

  @Override
  public Optional<byte[]> part(String where, String name) {
    try {
      ConfigMap map = client.configMaps().inNamespace(namespace).withName(where).get();
      return Optional.ofNullable(map)
          .map(ConfigMap::getBinaryData)
          .map(data -> data.get(name))
          .map(text -> Base64.getDecoder().decode(text));
    } catch (KubernetesClientException e) {
      String reason = e.getStatus() == null ? e.getMessage() : e.getStatus().getMessage();
      throw new PartsUnavailable(
          "The API server does not give its part %s in ConfigMap %s: %s."
              .formatted(name, where, String.valueOf(reason).strip().replaceAll("\\s+", " ")),
          e);
    }
  }

  @Override
  public void close() {
    informers.values().forEach(SharedIndexInformer::close);
  }
}
