package dev.ringlift.operator.store;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A client that can do so many halves of requests, sending and getting the answer, and then dies:
 * either the request is never sent, or it is done and nobody hears of it.
 */
final class DyingClient implements AutoCloseable {
  private static final String DEATH = "killed here";
  private final KubernetesClient client;

  private DyingClient(KubernetesClient client) {
    this.client = client;
  }

  static DyingClient of(KubernetesClient template, int halves) {
    AtomicInteger left = new AtomicInteger(halves);
    Interceptor death =
        new Interceptor() {
          @Override
          public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            step();
          }

          @Override
          public void after(
              HttpRequest request,
              HttpResponse<?> response,
              AsyncBody.Consumer<List<ByteBuffer>> consumer) {
            step();
          }

          private void step() {
            if (left.getAndDecrement() <= 0) {
              throw new IllegalStateException(DEATH);
            }
          }
        };
    return new DyingClient(
        new KubernetesClientBuilder()
            .withConfig(template.getConfiguration())
            .withHttpClientBuilderConsumer(
                builder -> builder.addOrReplaceInterceptor("death", death))
            .build());
  }

  static boolean isDeath(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (DEATH.equals(cause.getMessage())) {
        return true;
      }
    }
    return false;
  }

  KubernetesClient client() {
    return client;
  }

  @Override
  public void close() {
    client.close();
  }
}
