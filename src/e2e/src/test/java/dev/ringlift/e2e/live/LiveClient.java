package dev.ringlift.e2e.live;

import dev.ringlift.e2e.live.Content.Present;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/** Swift's API, as far as the load needs it. Nothing is tried twice. */
final class LiveClient implements AutoCloseable {
  static final String COLOUR = "X-Object-Meta-Colour";

  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int NONE = 0;
  private static final int NOT_FOUND = 404;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();

  /**
   * An answer.
   *
   * @param status 0 if there was none
   * @param text the body, or why there was no answer
   * @param colour of the metadata
   * @param transaction by which Swift's logs know the request
   */
  record Answer(int status, String text, String colour, String transaction) {

    /** No answer, or one that says that the server could not. */
    boolean failed() {
      return status == NONE || status >= 500;
    }

    /** What a GET found. */
    Content content() {
      return status == NOT_FOUND ? Content.ABSENT : new Present(text, colour);
    }

    @Override
    public String toString() {
      String line = text.lines().findFirst().orElse("");
      return "%s (%s%s)".formatted(status == NONE ? "no answer" : status, line, colour);
    }
  }

  Answer put(Proxy proxy, LiveObject object, String body) {
    return send("PUT", at(proxy, object.path()), BodyPublishers.ofString(body), Map.of());
  }

  Answer post(Proxy proxy, LiveObject object, String colour) {
    return send("POST", at(proxy, object.path()), BodyPublishers.noBody(), Map.of(COLOUR, colour));
  }

  Answer delete(Proxy proxy, LiveObject object) {
    return send("DELETE", at(proxy, object.path()), BodyPublishers.noBody(), Map.of());
  }

  Answer get(Proxy proxy, LiveObject object) {
    return send("GET", at(proxy, object.path()), BodyPublishers.noBody(), Map.of());
  }

  /** Makes a container in this policy. */
  void makeContainer(Proxy proxy, String name, String policy) {
    Answer answer =
        send("PUT", at(proxy, name), BodyPublishers.noBody(), Map.of("X-Storage-Policy", policy));
    if (answer.status() != 201) {
      throw new IllegalStateException("container " + name + " was not made: " + answer);
    }
  }

  private static URI at(Proxy proxy, String path) {
    return URI.create(proxy.account() + "/" + path);
  }

  private Answer send(String method, URI uri, BodyPublisher body, Map<String, String> headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(TIMEOUT).method(method, body);
    headers.forEach(request::header);
    try {
      HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
      return new Answer(
          answer.statusCode(),
          answer.body(),
          answer.headers().firstValue(COLOUR).orElse(""),
          answer.headers().firstValue("X-Trans-Id").orElse(""));
    } catch (IOException e) {
      return new Answer(NONE, e.toString(), "", "");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for an answer", e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
