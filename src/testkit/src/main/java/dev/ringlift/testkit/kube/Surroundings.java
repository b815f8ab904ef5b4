package dev.ringlift.testkit.kube;

import dev.ringlift.testkit.process.LoopbackPorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What an API server is told of the world around it.
 *
 * @param address on which it listens
 * @param port on which it listens
 * @param serviceRange of the addresses of services; the first is that of the service "kubernetes"
 * @param users that it knows beside the administrator
 * @param accounts whether pods have service accounts: the controller-manager makes the default ones
 */
record Surroundings(
    String address, int port, String serviceRange, List<User> users, boolean accounts) {
  private static final int HTTPS = 443;
  private static final int ATTEMPTS = 100;

  Surroundings {
    users = List.copyOf(users);
  }

  /** A user and the group that gives it its rights. */
  record User(String name, String group) {}

  /** None: the API server is alone. */
  static Surroundings none() {
    return new Surroundings("127.0.0.1", LoopbackPorts.free(), "10.96.0.0/24", List.of(), false);
  }

  /**
   * Those of a whole cluster. Nothing routes to the addresses of services here: so the range lies
   * in the loopback network, and the API server listens on the address of its own service. That
   * needs root.
   */
  static Surroundings cluster(String network, List<User> users) {
    return new Surroundings(network + ".1", HTTPS, network + ".0/24", users, true);
  }

  /** The first three numbers of a loopback network whose first address has nobody on port 443. */
  static String freeNetwork() {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      ThreadLocalRandom random = ThreadLocalRandom.current();
      String network = "127.%d.%d".formatted(random.nextInt(64, 250), random.nextInt(250));
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getByName(network + ".1"), HTTPS));
        return network;
      } catch (IOException e) {
        // taken: try another
      }
    }
    throw new IllegalStateException(
        "no loopback address has port %d free for this user; root may take it".formatted(HTTPS));
  }
}
