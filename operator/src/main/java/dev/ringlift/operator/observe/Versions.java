package dev.ringlift.operator.observe;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Asks the API server which objects of a kind there are, and the resourceVersion of each: a list of
 * PartialObjectMetadata (meta.k8s.io/v1), without a resourceVersion of its own, so that it is as
 * consistent as any that is read from etcd.
 */
final class Versions {
  private static final String METADATA =
      "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
  private static final String KIND = "PartialObjectMetadataList";

  /** Metadata are a tenth of their size then; to decipher the rest takes longer than to unpack. */
  private static final String GZIP = "gzip";

  private static final int PAGE = 1000;
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final ObjectReader LISTS =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build()
          .readerFor(Page.class);

  private final KubernetesClient client;

  Versions(KubernetesClient client) {
    this.client = client;
  }

  /** One answer; whatever else is in it is passed over. */
  private record Page(
      @JsonProperty("kind") @Nullable String kind,
      @JsonProperty("metadata") Metadata metadata,
      @JsonProperty("items") @Nullable List<Item> items) {
    /** The items of an empty list are null, for some kinds. */
    List<Item> all() {
      return items == null ? List.of() : items;
    }
  }

  private record Item(@JsonProperty("metadata") Metadata metadata) {
    String name() {
      return Objects.requireNonNull(metadata.name(), "every object has a name");
    }

    String version() {
      return Objects.requireNonNull(metadata.resourceVersion(), "every object has a version");
    }
  }

  /** Of an object, or of a list. */
  private record Metadata(
      @JsonProperty("name") @Nullable String name,
      @JsonProperty("resourceVersion") @Nullable String resourceVersion,
      @JsonProperty("continue") @Nullable String next) {}

  /**
   * The resourceVersion of each object by its name.
   *
   * @param namespace null for all
   * @param labels selector; null for all
   */
  Map<String, String> of(
      Class<? extends HasMetadata> kind, @Nullable String namespace, @Nullable String labels) {
    String group = HasMetadata.getGroup(kind);
    String first =
        client.getMasterUrl()
            + (group.isEmpty() ? "api/" : "apis/" + group + "/")
            + HasMetadata.getVersion(kind)
            + (namespace == null ? "" : "/namespaces/" + namespace)
            + "/"
            + HasMetadata.getPlural(kind)
            + "?limit="
            + PAGE
            + (labels == null ? "" : "&labelSelector=" + encode(labels));
    Map<String, String> all = new LinkedHashMap<>();
    String next = null;
    do {
      Page page = read(next == null ? first : first + "&continue=" + encode(next));
      page.all().forEach(item -> all.put(item.name(), item.version()));
      next = page.metadata().next();
    } while (next != null && !next.isEmpty());
    return all;
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static Page page(HttpResponse<byte[]> answer) throws IOException {
    InputStream body = new ByteArrayInputStream(answer.body());
    boolean packed = GZIP.equalsIgnoreCase(answer.header("Content-Encoding"));
    try (InputStream plain = packed ? new GZIPInputStream(body, 1 << 16) : body) {
      return LISTS.readValue(plain);
    }
  }

  private Page read(String uri) {
    try {
      HttpResponse<byte[]> answer =
          client
              .getHttpClient()
              .sendAsync(
                  client
                      .getHttpClient()
                      .newHttpRequestBuilder()
                      .uri(uri)
                      .header("Accept", METADATA)
                      .header("Accept-Encoding", GZIP)
                      .build(),
                  byte[].class)
              .get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
      if (!answer.isSuccessful()) {
        throw new KubernetesClientException(
            "%s: %s".formatted(uri, answer.bodyString()), answer.code(), null);
      }
      Page page = page(answer);
      if (!KIND.equals(page.kind())) {
        throw new KubernetesClientException("%s is no list: %s".formatted(uri, page.kind()));
      }
      return page;
    } catch (IOException | ExecutionException | TimeoutException e) {
      throw new KubernetesClientException("Can't read " + uri, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KubernetesClientException("Interrupted while reading " + uri, e);
    }
  }
}
