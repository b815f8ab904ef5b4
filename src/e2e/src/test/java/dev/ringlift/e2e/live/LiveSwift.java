package dev.ringlift.e2e.live;

import dev.ringlift.e2e.cluster.StorageHost;
import dev.ringlift.testkit.process.ManagedProcess;
import dev.ringlift.testkit.swift.RealSwift;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * The servers of a Swift cluster, each a process of its own that forks no other: account, container
 * and object servers on each node, and proxies. They read their rings from the ring directories of
 * the nodes and the proxies, where somebody has to put them before the servers start. Closing this
 * kills them.
 */
final class LiveSwift implements AutoCloseable {
  static final int OBJECT_PORT = 6200;
  static final int CONTAINER_PORT = 6201;
  static final int ACCOUNT_PORT = 6202;

  private static final Duration START = Duration.ofMinutes(2);

  /** Where Swift's own interval is asked for, its constant is left alone, and has to be that. */
  private static final String LAUNCHER =
      """
      import runpy, sys
      from swift.common import utils
      utils.set_swift_dir(sys.argv[1])
      from swift.common import storage_policy
      from swift.common.ring import ring
      storage_policy.reload_storage_policies()
      if float(sys.argv[2]) != 15:
          ring.DEFAULT_RELOAD_TIME = float(sys.argv[2])
      assert ring.DEFAULT_RELOAD_TIME == float(sys.argv[2])
      sys.argv[:4] = [sys.argv[3]]
      runpy.run_path(sys.argv[0], run_name='__main__')
      """;

  private final RealSwift swift;
  private final Path folder;
  private final List<StorageHost> hosts;
  private final List<Proxy> proxies;
  private final Duration ringReload;
  private final List<ManagedProcess> processes = new ArrayList<>();

  /**
   * Starts nothing yet.
   *
   * @param swift whose swift.conf they all have
   * @param folder for configuration files and logs
   * @param ringReload how often each looks for new rings
   */
  LiveSwift(
      RealSwift swift,
      Path folder,
      List<StorageHost> hosts,
      List<Proxy> proxies,
      Duration ringReload) {
    this.swift = swift;
    this.folder = folder;
    this.hosts = List.copyOf(hosts);
    this.proxies = List.copyOf(proxies);
    this.ringReload = ringReload;
  }

  /** Starts all servers, and waits until each answers. */
  void start() {
    Map<String, ManagedProcess> servers = new LinkedHashMap<>();
    for (StorageHost host : hosts) {
      Map.of("account", ACCOUNT_PORT, "container", CONTAINER_PORT, "object", OBJECT_PORT)
          .forEach(
              (kind, port) ->
                  servers.put(
                      host.address() + ":" + port,
                      start(
                          "swift-" + kind + "-server",
                          host.name(),
                          host.ringDirectory(),
                          ServerConf.storage(host, kind, port))));
    }
    for (Proxy proxy : proxies) {
      servers.put(
          proxy.place(),
          start(
              "swift-proxy-server", proxy.name(), proxy.ringDirectory(), ServerConf.proxy(proxy)));
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      servers.forEach((place, server) -> awaitAnswer(client, place, server));
    }
  }

  /** Starts the replicator of each node, and the reconstructor, which erasure coding needs. */
  void startRepair(boolean erasureCoding) {
    for (StorageHost host : hosts) {
      String conf = ServerConf.repair(host, OBJECT_PORT, ringReload.toSeconds());
      start("swift-object-replicator", host.name(), host.ringDirectory(), conf);
      if (erasureCoding) {
        start("swift-object-reconstructor", host.name(), host.ringDirectory(), conf);
      }
    }
  }

  private ManagedProcess start(String script, String where, Path swiftDirectory, String conf) {
    Path python = Path.of(System.getenv(RealSwift.PYTHON));
    String name = script + "-" + where;
    try {
      Files.createDirectories(folder);
      Files.createDirectories(swiftDirectory);
      Files.writeString(swiftDirectory.resolve("swift.conf"), swift.conf().text());
      Path file = Files.writeString(folder.resolve(name + ".conf"), conf);
      ManagedProcess process =
          ManagedProcess.builder(name, folder.resolve(name + ".log"))
              .command(python.toString(), "-c", LAUNCHER)
              .command(swiftDirectory.toString(), Double.toString(ringReload.toMillis() / 1000.0))
              .command(python.resolveSibling(script).toString(), file.toString(), "-v")
              .start();
      processes.add(process);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void awaitAnswer(HttpClient client, String place, ManagedProcess server) {
    HttpRequest question =
        HttpRequest.newBuilder(URI.create("http://" + place + "/healthcheck")).build();
    Awaitility.await(server.name() + " answers; its log is " + server.log())
        .atMost(START)
        .failFast(server.name() + " has ended", () -> !server.isAlive())
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(
            () ->
                client.send(question, HttpResponse.BodyHandlers.discarding()).statusCode() == 200);
  }

  /** Servers that have ended by themselves. */
  List<ManagedProcess> dead() {
    return processes.stream().filter(process -> !process.isAlive()).toList();
  }

  @Override
  public void close() {
    processes.forEach(ManagedProcess::kill);
  }
}
