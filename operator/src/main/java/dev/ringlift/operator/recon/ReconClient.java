package dev.ringlift.operator.recon;

import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Puts one question to one process; follows no redirect, and bounds time and size of the answer.
 */
final class ReconClient implements AutoCloseable {
  private static final int MOST_BYTES = 256 * 1024;

  private final HttpClient http;
  private final Duration timeout;

  /**
   * @param timeout for the whole of an answer
   */
  ReconClient(Duration timeout) {
    this.timeout = timeout;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(timeout)
            .build();
  }

  /** The body of the answer, which is a success. */
  byte[] ask(ReconTarget target, String question) throws ReconException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(target.uri(question)).timeout(timeout).build();
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
    try {
      HttpResponse<byte[]> response = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() != HttpURLConnection.HTTP_OK) {
        throw new ReconException(
            "answers /recon/%s with HTTP status %d".formatted(question, response.statusCode()));
      }
      return response.body();
    } catch (TimeoutException e) {
      throw new ReconException(slow());
    } catch (ExecutionException e) {
      throw new ReconException(why(e.getCause()));
    } finally {
      answer.cancel(true);
    }
  }

  private String why(@Nullable Throwable cause) {
    return switch (cause) {
      case null -> "breaks off its answer";
      case java.net.http.HttpTimeoutException slow -> slow();
      case ConnectException refused -> "can't be reached";
      // What BodyHandlers.limiting says, and no type of exception tells apart.
      case IOException io when String.valueOf(io).contains("capacity") ->
          "answers with more than %,d bytes".formatted(MOST_BYTES);
      default -> "breaks off its answer";
    };
  }

  private String slow() {
    return "gives no whole answer within %d ms".formatted(timeout.toMillis());
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
