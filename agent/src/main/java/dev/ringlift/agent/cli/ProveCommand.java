package dev.ringlift.agent.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ringlift.agent.conf.UserError;
import dev.ringlift.ring.Md5;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * A sidecar for pods without Swift's recon middleware: answers {@code /recon/ringmd5} as that does,
 * for the rings in a directory, and nothing else.
 *
 * <p>It tells what a file holds at the moment of the question. Each file is read anew when its
 * inode, size or time has changed since: a question costs a stat of each ring.
 */
final class ProveCommand implements AutoCloseable {
  private static final Pattern RING =
      Pattern.compile("(account|container|object(-[1-9][0-9]*)?)\\.ring\\.gz");
  private static final String PATH = "/recon/ringmd5";
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int NOT_ALLOWED = 405;

  private final Path directory;
  private final HttpServer server;
  private final ExecutorService threads;
  private final Map<Path, Known> known = new HashMap<>();

  /** The options of {@code prove}. */
  static final class Options {
    @Option(
        names = "--ring-dir",
        paramLabel = "DIR",
        defaultValue = "/etc/swift",
        description = "Where the rings are (default: ${DEFAULT-VALUE}).")
    Path ringDirectory = Path.of("/etc/swift");

    @Option(
        names = "--port",
        paramLabel = "N",
        required = true,
        description = "Port to answer on; 0 for any that is free.")
    int port;

    @Option(
        names = "--bind",
        paramLabel = "ADDRESS",
        description = "Address to answer on (default: all).")
    @Nullable String address;
  }

  /** A ring's md5 while its file is as it was. */
  private record Known(@Nullable Object inode, long size, FileTime modified, String md5) {}

  private record Told(Path file, @Nullable String md5) {}

  private ProveCommand(Path directory, InetSocketAddress address) throws IOException {
    this.directory = directory;
    this.server = HttpServer.create(address, 0);
    this.threads = Executors.newFixedThreadPool(2);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /**
   * Begins to answer.
   *
   * @throws UserError if the options can't be used
   */
  static ProveCommand start(Options options) throws UserError {
    if (!Files.isDirectory(options.ringDirectory)) {
      throw new UserError("--ring-dir " + options.ringDirectory + " is no directory.");
    }
    if (options.port < 0 || options.port > 65535) {
      throw new UserError("--port is 0 to 65535, not " + options.port + ".");
    }
    InetSocketAddress address =
        options.address == null
            ? new InetSocketAddress(options.port)
            : new InetSocketAddress(options.address, options.port);
    if (address.isUnresolved()) {
      throw new UserError("--bind " + options.address + " is no address of this host.");
    }
    try {
      return new ProveCommand(options.ringDirectory, address);
    } catch (IOException e) {
      throw new UserError("Can't answer on port %d: %s.".formatted(options.port, e.getMessage()));
    }
  }

  /** Answers until the process is asked to end. */
  static ExitCode run(Options options) throws UserError {
    try (ProveCommand command = start(options)) {
      System.out.printf(
          "Tells the rings in %s at http://…:%d%s%n", options.ringDirectory, command.port(), PATH);
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return ExitCode.DONE;
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean head = exchange.getRequestMethod().equals("HEAD");
      if (!exchange.getRequestURI().getPath().equals(PATH)) {
        exchange.sendResponseHeaders(NOT_FOUND, -1);
      } else if (!head && !exchange.getRequestMethod().equals("GET")) {
        exchange.sendResponseHeaders(NOT_ALLOWED, -1);
      } else {
        byte[] body = json(rings());
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(OK, head ? -1 : body.length);
        if (!head) {
          exchange.getResponseBody().write(body);
        }
      }
    }
  }

  /** The md5 of each ring by its path; null where it can't be read. */
  private synchronized List<Told> rings() {
    List<Told> rings = new ArrayList<>();
    for (Path file : files()) {
      rings.add(new Told(file, md5(file)));
    }
    return rings;
  }

  private List<Path> files() {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> RING.matcher(file.getFileName().toString()).matches())
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private @Nullable String md5(Path file) {
    try {
      // A ConfigMap's files are symbolic links that go elsewhere when it changes: followed first,
      // so that what is looked at is what is read.
      Path real = file.toRealPath();
      BasicFileAttributes found = Files.readAttributes(real, BasicFileAttributes.class);
      Known last = known.get(real);
      if (last != null
          && last.size == found.size()
          && last.modified.equals(found.lastModifiedTime())
          && Objects.equals(last.inode, found.fileKey())) {
        return last.md5;
      }
      String md5 = Md5.hex(Files.readAllBytes(real));
      known.keySet().removeIf(path -> !Files.exists(path));
      known.put(real, new Known(found.fileKey(), found.size(), found.lastModifiedTime(), md5));
      return md5;
    } catch (IOException e) {
      return null;
    }
  }

  private static byte[] json(List<Told> rings) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      for (Told ring : rings) {
        json.writeStringField(ring.file.toString(), ring.md5);
      }
      json.writeEndObject();
    }
    return text.toByteArray();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
