package dev.ringlift.operator.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.util.concurrent.atomic.AtomicInteger;

/** A client whose program dies before it makes a certain write: no request goes out any more. */
public final class DyingClient {

  /** What the program died of. */
  public static final class Died extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Died(String request) {
      super("died before " + request);
    }
  }

  private DyingClient() {}

  /**
   * A client for the same API server.
   *
   * @param fatalWrite counted from 1
   */
  public static KubernetesClient before(int fatalWrite, KubernetesClient alive) {
    return before(fatalWrite, alive, () -> {});
  }

  /**
   * The same.
   *
   * @param dead called when it has died, and at each further request
   */
  public static KubernetesClient before(int fatalWrite, KubernetesClient alive, Runnable dead) {
    AtomicInteger writes = new AtomicInteger();
    Interceptor death =
        new Interceptor() {
          @Override
          public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            boolean read = request.method().equals("GET");
            int count = read ? writes.get() : writes.incrementAndGet();
            if (count >= fatalWrite) {
              dead.run();
              throw new Died(request.method() + " " + request.uri().getPath());
            }
          }
        };
    return new KubernetesClientBuilder()
        .withConfig(alive.getConfiguration())
        .withHttpClientBuilderConsumer(builder -> builder.addOrReplaceInterceptor("death", death))
        .build();
  }
}
