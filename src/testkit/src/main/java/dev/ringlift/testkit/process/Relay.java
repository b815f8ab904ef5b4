package dev.ringlift.testkit.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Passes TCP connections on to a server, from a port on 127.0.0.1; and can fall silent on those
 * that are there, as a firewall does that has forgotten them: neither end is told, and nothing that
 * either sends arrives any more. New connections are passed on as ever.
 */
public final class Relay implements AutoCloseable {
  private final InetSocketAddress server;
  private final ServerSocket entrance;
  private final List<Connection> connections = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** Passes on what comes from now on. */
  public Relay(InetSocketAddress server) {
    this.server = server;
    try {
      entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  public int port() {
    return entrance.getLocalPort();
  }

  /** Falls silent where the client has said nothing for so long; gives how many these are. */
  public int silenceIdle(Duration idle) {
    long before = System.nanoTime() - idle.toNanos();
    List<Connection> quiet =
        connections.stream().filter(one -> !one.silent && one.heard - before < 0).toList();
    quiet.forEach(one -> one.silent = true);
    return quiet.size();
  }

  private static final class Connection {
    private volatile boolean silent;
    private volatile long heard = System.nanoTime();
  }

  private void accept() {
    while (!entrance.isClosed()) {
      try {
        Socket client = entrance.accept();
        Socket target = new Socket();
        target.connect(server);
        Connection connection = new Connection();
        connections.add(connection);
        threads.execute(() -> pass(client, target, connection, true));
        threads.execute(() -> pass(target, client, connection, false));
      } catch (IOException e) {
        // closed, or the server is not there: the client finds that out
      }
    }
  }

  private void pass(Socket from, Socket to, Connection connection, boolean fromClient) {
    byte[] bytes = new byte[1 << 14];
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
        if (fromClient) {
          connection.heard = System.nanoTime();
        }
        if (!connection.silent) {
          out.write(bytes, 0, length);
        }
      }
    } catch (IOException e) {
      // one of the two has closed it: so is the other end now
    } finally {
      connections.remove(connection);
    }
  }

  @Override
  public void close() {
    try {
      entrance.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.shutdownNow();
  }
}
