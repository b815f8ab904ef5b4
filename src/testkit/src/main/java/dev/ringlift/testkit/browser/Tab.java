package dev.ringlift.testkit.browser;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A tab of a browser: what a person would do in it, and see. */
public final class Tab {
  private final DevTools devTools;
  private final String session;
  private final List<String> complaints = new CopyOnWriteArrayList<>();

  Tab(DevTools devTools, String session) {
    this.devTools = devTools;
    this.session = session;
    devTools.listen(session, this::hear);
    for (String domain : List.of("Page", "Runtime", "Log")) {
      call(domain + ".enable", Map.of());
    }
  }

  private JsonNode call(String method, Map<String, ?> parameters) {
    return devTools.call(session, method, parameters);
  }

  private void hear(JsonNode event) {
    JsonNode parameters = event.path("params");
    switch (event.path("method").asText()) {
      case "Runtime.exceptionThrown" ->
          complaints.add(parameters.path("exceptionDetails").toString());
      case "Log.entryAdded" -> {
        JsonNode entry = parameters.path("entry");
        // A connection that fails is a matter of the network, not of the page.
        if (entry.path("level").asText().equals("error")
            && !entry.path("source").asText().equals("network")) {
          complaints.add(entry.path("text").asText());
        }
      }
      default -> {}
    }
  }

  void go(String url) {
    JsonNode answer = call("Page.navigate", Map.of("url", url));
    if (answer.has("errorText")) {
      throw new IllegalStateException(url + ": " + answer.path("errorText").asText());
    }
    evaluate(
        "document.readyState === 'complete' || new Promise(done => addEventListener('load', done))");
  }

  /** What the browser had to complain of: exceptions, and what the page's policy forbade. */
  public List<String> complaints() {
    return List.copyOf(complaints);
  }

  /** The value of an expression of JavaScript, when it is there, if it is a promise. */
  public JsonNode evaluate(String expression) {
    JsonNode answer =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (answer.has("exceptionDetails")) {
      throw new IllegalStateException(expression + ": " + answer.path("exceptionDetails"));
    }
    return answer.path("result").path("value");
  }

  /** Text of the first element that a CSS selector finds, as it is seen; empty if it is not. */
  public String text(String selector) {
    String element = "document.querySelector(\"%s\")".formatted(selector);
    return evaluate("%s?.checkVisibility() ? %s.innerText : ''".formatted(element, element))
        .asText();
  }

  /** How many elements a CSS selector finds. */
  public int count(String selector) {
    return evaluate("document.querySelectorAll(\"%s\").length".formatted(selector)).asInt();
  }

  /** The window's size; a phone has touch and two pixels to one. */
  public void resize(int width, int height, boolean phone) {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of(
            "width", width, "height", height, "deviceScaleFactor", phone ? 2 : 1, "mobile", phone));
  }

  /** What the system prefers: {@code dark} or {@code light}. */
  public void prefer(String colours) {
    call(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", colours))));
  }

  /** Presses and lets go a key: {@code Tab}, {@code Enter}, {@code ArrowRight} and the like. */
  public void press(String key) {
    int code =
        switch (key) {
          case "Tab" -> 9;
          case "Enter" -> 13;
          case "End" -> 35;
          case "Home" -> 36;
          case "ArrowLeft" -> 37;
          case "ArrowUp" -> 38;
          case "ArrowRight" -> 39;
          case "ArrowDown" -> 40;
          default -> throw new IllegalArgumentException(key);
        };
    String text = key.equals("Enter") ? "\r" : "";
    for (String type : List.of(text.isEmpty() ? "rawKeyDown" : "keyDown", "keyUp")) {
      call(
          "Input.dispatchKeyEvent",
          Map.of(
              "type", type, "key", key, "code", key, "windowsVirtualKeyCode", code, "text", text));
    }
  }

  /** Whether anything is wider than the window. */
  public boolean scrollsSideways() {
    return evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        .asBoolean();
  }

  /** The window as PNG. */
  public byte[] screenshot() {
    String data = call("Page.captureScreenshot", Map.of("format", "png")).path("data").asText();
    return Base64.getDecoder().decode(data);
  }
}
