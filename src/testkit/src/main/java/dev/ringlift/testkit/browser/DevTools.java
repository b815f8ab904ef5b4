package dev.ringlift.testkit.browser;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The DevTools protocol (chromedevtools.github.io/devtools-protocol): calls with numbers, answers
 * that carry them, and events, all as JSON on one WebSocket; a session is a tab.
 */
final class DevTools implements WebSocket.Listener, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicInteger number = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();
  private final Map<String, Consumer<JsonNode>> listeners = new ConcurrentHashMap<>();
  private final StringBuilder message = new StringBuilder();
  private @Nullable WebSocket socket;

  private DevTools() {}

  static DevTools connect(URI address) {
    DevTools tools = new DevTools();
    tools.socket = tools.client.newWebSocketBuilder().buildAsync(address, tools).join();
    return tools;
  }

  /** Who hears the events of a session. */
  void listen(String session, Consumer<JsonNode> listener) {
    listeners.put(session, listener);
  }

  /**
   * Calls a method, and gives its result.
   *
   * @param session empty for the browser as a whole
   */
  JsonNode call(String session, String method, Map<String, ?> parameters) {
    int id = number.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    calls.put(id, answer);
    ObjectNode call = JSON.createObjectNode().put("id", id).put("method", method);
    call.set("params", JSON.valueToTree(parameters));
    if (!session.isEmpty()) {
      call.put("sessionId", session);
    }
    send(call.toString());
    JsonNode result = answer.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    if (result.has("error")) {
      throw new IllegalStateException(method + ": " + result.path("error").path("message"));
    }
    return result.path("result");
  }

  /** One at a time, as a WebSocket wants it. */
  private synchronized void send(String text) {
    WebSocket open = socket;
    if (open == null) {
      throw new IllegalStateException("not connected");
    }
    open.sendText(text, true).join();
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
    message.append(part);
    if (last) {
      String whole = message.toString();
      message.setLength(0);
      take(whole);
    }
    from.request(1);
    return null;
  }

  private void take(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      CompletableFuture<JsonNode> call = calls.remove(node.path("id").asInt(-1));
      Consumer<JsonNode> listener = listeners.get(node.path("sessionId").asText());
      if (call != null) {
        call.complete(node);
      } else if (listener != null) {
        listener.accept(node);
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Chromium said what is not JSON: " + text, e);
    }
  }

  @Override
  public void onError(WebSocket from, Throwable problem) {
    calls.values().forEach(call -> call.completeExceptionally(problem));
  }

  @Override
  public void close() {
    WebSocket open = socket;
    if (open != null) {
      open.abort();
    }
    client.close();
  }
}
