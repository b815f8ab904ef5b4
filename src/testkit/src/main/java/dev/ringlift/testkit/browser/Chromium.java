package dev.ringlift.testkit.browser;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringlift.testkit.process.ManagedProcess;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** A headless Chromium, with a profile of its own that is new. Closing it ends the process. */
public final class Chromium implements AutoCloseable {
  /** The environment variable that names the executable; else it is looked for on the PATH. */
  public static final String VARIABLE = "RINGLIFT_CHROMIUM";

  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
  private static final Duration START = Duration.ofSeconds(90);
  private static final String LISTENING = "DevTools listening on ";

  private final ManagedProcess process;
  private final DevTools devTools;

  private Chromium(ManagedProcess process, DevTools devTools) {
    this.process = process;
    this.devTools = devTools;
  }

  /**
   * Starts one.
   *
   * @param folder where its profile and its log go
   */
  public static Chromium start(Path folder) {
    ManagedProcess.Builder builder =
        ManagedProcess.builder("chromium", folder.resolve("chromium.log"))
            .command(executable().toString(), "--headless=new", "--remote-debugging-port=0")
            .command("--user-data-dir=" + folder.resolve("profile"))
            .command("--no-first-run", "--disable-extensions", "--disable-background-networking")
            .command("--disable-component-update", "--disable-gpu", "--disable-dev-shm-usage")
            .command("--hide-scrollbars", "--force-color-profile=srgb", "--lang=en-GB");
    if ("root".equals(System.getProperty("user.name"))) {
      builder.command("--no-sandbox"); // it refuses to start as root with one
    }
    ManagedProcess process = builder.command("about:blank").start();
    try {
      String line = process.awaitOutput(LISTENING, START);
      URI address =
          URI.create(line.substring(line.indexOf(LISTENING) + LISTENING.length()).strip());
      return new Chromium(process, DevTools.connect(address));
    } catch (RuntimeException e) {
      process.kill();
      throw e;
    }
  }

  private static Path executable() {
    String named = System.getenv(VARIABLE);
    if (named != null) {
      return Path.of(named);
    }
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
    Optional<Path> found =
        NAMES.stream()
            .flatMap(
                name ->
                    Stream.of(path.split(File.pathSeparator, -1))
                        .map(folder -> Path.of(folder, name)))
            .filter(Files::isExecutable)
            .findFirst();
    return found.orElseThrow(
        () ->
            new IllegalStateException(
                "There is no Chromium: install it (bin/test does so on Debian), or let %s name its executable."
                    .formatted(VARIABLE)));
  }

  /** Opens a page in a tab of its own, and comes back when it has loaded. */
  public Tab open(String url) {
    JsonNode target = devTools.call("", "Target.createTarget", Map.of("url", "about:blank"));
    JsonNode session =
        devTools.call(
            "",
            "Target.attachToTarget",
            Map.of("targetId", target.path("targetId").asText(), "flatten", true));
    Tab tab = new Tab(devTools, session.path("sessionId").asText());
    tab.go(url);
    return tab;
  }

  @Override
  public void close() {
    devTools.close();
    process.kill();
  }
}
