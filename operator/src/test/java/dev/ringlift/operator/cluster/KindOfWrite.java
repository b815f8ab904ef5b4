package dev.ringlift.operator.cluster;

import io.fabric8.kubernetes.client.http.HttpRequest;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What a request changes in a namespace, in the words of a role.
 *
 * @param verb {@code create}, {@code update}, {@code patch} or {@code delete}; {@code apply} for a
 *     server-side apply, which a role has to grant as patch, and as create where nothing is there
 * @param resource the plural with its subresource, and with its group where it has one
 * @param rehearsal the API server only judges it
 */
public record KindOfWrite(String verb, String resource, boolean rehearsal) {

  static KindOfWrite of(HttpRequest request) {
    return of(request.method(), request.uri());
  }

  /** Of {@code /api/v1/namespaces/N/pods/…} or {@code /apis/apps/v1/namespaces/N/deployments/…}. */
  static KindOfWrite of(String method, URI uri) {
    List<String> path = Arrays.asList(uri.getPath().substring(1).split("/", -1));
    int namespaces = path.indexOf("namespaces");
    if (namespaces < 2 || path.size() < namespaces + 3) {
      throw new IllegalArgumentException(method + " " + uri + " writes nothing of a namespace");
    }
    String group = namespaces == 2 ? "" : path.get(1) + "/";
    String subresource = path.size() > namespaces + 4 ? "/" + path.get(namespaces + 4) : "";
    String query = Objects.requireNonNullElse(uri.getQuery(), "");
    return new KindOfWrite(
        verb(method, query),
        group + path.get(namespaces + 2) + subresource,
        query.contains("dryRun=All"));
  }

  private static String verb(String method, String query) {
    return switch (method) {
      case "POST" -> "create";
      case "PUT" -> "update";
      case "PATCH" -> query.contains("fieldManager=") ? "apply" : "patch";
      case "DELETE" -> "delete";
      default -> throw new IllegalArgumentException("no write: " + method);
    };
  }

  @Override
  public String toString() {
    return verb + " " + resource + (rehearsal ? ", as a rehearsal" : "");
  }
}
