package dev.ringlift.operator.act;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Optional;

/**
 * What the API server has against a write itself: an admission policy or webhook, a quota, a limit
 * of size, rights that lack. It says the same again until somebody mends it; whatever else fails is
 * tried again soon.
 */
final class Refusal {
  private static final int UNPROCESSABLE = 422;

  private Refusal() {}

  /** The API server's own words, unless it has failed for another reason. */
  static Optional<String> of(KubernetesClientException e) {
    return isRefused(e) ? Optional.of(reason(e)) : Optional.empty();
  }

  private static boolean isRefused(KubernetesClientException e) {
    return switch (e.getCode()) {
      case HttpURLConnection.HTTP_BAD_REQUEST,
          HttpURLConnection.HTTP_FORBIDDEN,
          HttpURLConnection.HTTP_ENTITY_TOO_LARGE,
          UNPROCESSABLE ->
          true;
      // A webhook that can't be asked, and without which nothing is let pass.
      case HttpURLConnection.HTTP_INTERNAL_ERROR -> reason(e).contains("failed calling webhook");
      default -> false;
    };
  }

  private static String reason(KubernetesClientException e) {
    return e.getStatus() == null || e.getStatus().getMessage() == null
        ? String.valueOf(e.getMessage())
        : e.getStatus().getMessage();
  }
}
