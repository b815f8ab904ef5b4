package dev.ringlift.agent.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * The object server of this node, asked by Swift's recon ({@code /recon/ringmd5} of {@code
 * swift.common.middleware.recon}) which ring files it has. It may have others than the agent: its
 * container may mount another ConfigMap, or one file of it that no kubelet ever refreshes. What it
 * says is for people to read; nothing is decided by it.
 *
 * <p>{@link #ask} is for one thread, the rest for any.
 */
public final class ObjectServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final int MOST_BYTES = 64 * 1024;
  private static final Pattern MD5 = Pattern.compile("[0-9a-f]{32}");
  private static final Answer STRANGE = Answer.none("its answer is none of recon's");
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /**
   * What it last said.
   *
   * @param rings md5 by the name of the file, without its folder
   * @param problem why it said nothing; empty if it did
   */
  record Answer(Map<String, String> rings, String problem) {
    Answer {
      rings = Map.copyOf(rings);
    }

    static Answer none(String problem) {
      return new Answer(Map.of(), problem);
    }
  }

  private final HttpRequest question;
  private final HttpClient http;
  private volatile Optional<Answer> last = Optional.empty();

  /**
   * @param server {@code http://HOST:PORT}
   */
  public ObjectServer(URI server) {
    this.question =
        HttpRequest.newBuilder(server.resolve("/recon/ringmd5")).timeout(PATIENCE).build();
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(PATIENCE)
            .build();
  }

  /** Its host and port. */
  String name() {
    return question.uri().getAuthority();
  }

  /** What it last said; empty before it was asked. */
  Optional<Answer> last() {
    return last;
  }

  /** Asks, for a few seconds at most; gives whether it says something new. */
  public boolean ask() {
    Optional<Answer> before = last;
    try {
      last = Optional.of(answer());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !last.equals(before);
  }

  private Answer answer() throws InterruptedException {
    // The request's own time-out ends with the headers of the answer; that of get holds for all.
    var sent =
        http.sendAsync(question, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
    try {
      HttpResponse<byte[]> response = sent.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return response.statusCode() == HttpURLConnection.HTTP_OK
          ? rings(response.body())
          : Answer.none("it answers with HTTP status " + response.statusCode());
    } catch (TimeoutException e) {
      return late();
    } catch (ExecutionException e) {
      return switch (e.getCause()) {
        case HttpTimeoutException timeout -> late();
        case ConnectException refused -> Answer.none("it can't be reached");
        case null, default -> Answer.none("its answer breaks off, or is far too long");
      };
    } finally {
      sent.cancel(true);
    }
  }

  private static Answer late() {
    return Answer.none("it does not answer within %d s".formatted(PATIENCE.toSeconds()));
  }

  /** Of a file that it can't read, recon tells null. */
  private static Answer rings(byte[] body) {
    JsonNode answer;
    try {
      answer = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return STRANGE;
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory can be read", e);
    }
    if (!answer.isObject()) {
      return STRANGE;
    }
    Map<String, String> rings = new HashMap<>();
    for (Map.Entry<String, JsonNode> ring : answer.properties()) {
      if (ring.getValue().isNull()) {
        continue;
      }
      String md5 = ring.getValue().asText();
      if (!MD5.matcher(md5).matches()) {
        return STRANGE;
      }
      rings.put(ring.getKey().substring(ring.getKey().lastIndexOf('/') + 1), md5);
    }
    return new Answer(rings, "");
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
