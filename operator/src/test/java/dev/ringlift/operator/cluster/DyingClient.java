package dev.ringlift.operator.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

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
    AtomicInteger writes = new AtomicInteger();
    return before(write -> writes.incrementAndGet() >= fatalWrite, alive, () -> {});
  }

  /**
   * The same.
   *
   * @param fatal asked before each write, until it says yes
   * @param dead called when it has died, and at each further request
   */
  public static KubernetesClient before(
      Predicate<KindOfWrite> fatal, KubernetesClient alive, Runnable dead) {
    AtomicBoolean died = new AtomicBoolean();
    Interceptor death =
        new Interceptor() {
          @Override
          public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            if (dies(request)) {
              dead.run();
              throw new Died(request.method() + " " + request.uri().getPath());
            }
          }

          /** One after the other: of two writes at the same time, one is the first. */
          private synchronized boolean dies(HttpRequest request) {
            if (!died.get() && !request.method().equals("GET")) {
              died.set(fatal.test(KindOfWrite.of(request)));
            }
            return died.get();
          }
        };
    return new KubernetesClientBuilder()
        .withConfig(alive.getConfiguration())
        .withHttpClientBuilderConsumer(builder -> builder.addOrReplaceInterceptor("death", death))
        .build();
  }
}
