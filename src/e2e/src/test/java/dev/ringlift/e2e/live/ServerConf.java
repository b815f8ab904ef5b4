package dev.ringlift.e2e.live;

import dev.ringlift.e2e.cluster.StorageHost;
import java.nio.file.Path;

/**
 * The configuration files of servers. Time limits are wide and answers to writes wait for every
 * replica: on a machine that is busy with tests a server is slow, and not dead, and what a client
 * sees then follows from rings alone.
 */
final class ServerConf {
  private ServerConf() {}

  /**
   * A server of a node.
   *
   * @param kind {@code account}, {@code container} or {@code object}
   */
  static String storage(StorageHost host, String kind, int port) {
    return common(host.address(), port, host.ringDirectory(), host.devicesRoot(), host.reconCache())
        + """
        [pipeline:main]
        pipeline = healthcheck recon %1$s-server

        [app:%1$s-server]
        use = egg:swift#%1$s
        container_update_timeout = 10
        """
            .formatted(kind);
  }

  /** A node's daemons that repair, at short intervals and without rsync. */
  static String repair(StorageHost host, int objectPort, long ringReloadSeconds) {
    return common(
            host.address(), objectPort, host.ringDirectory(), host.devicesRoot(), host.reconCache())
        + """
        [object-replicator]
        interval = 2
        sync_method = ssync
        ring_check_interval = %1$d

        [object-reconstructor]
        interval = 2
        ring_check_interval = %1$d
        """
            .formatted(ringReloadSeconds);
  }

  /** A proxy, with recon in its pipeline, which lets everybody in. */
  static String proxy(Proxy proxy) {
    return common(
            proxy.address(),
            Proxy.PORT,
            proxy.ringDirectory(),
            proxy.folder().resolve("none"),
            proxy.reconCache())
        + """
        [pipeline:main]
        pipeline = catch_errors gatekeeper healthcheck recon proxy-server

        [filter:catch_errors]
        use = egg:swift#catch_errors

        [filter:gatekeeper]
        use = egg:swift#gatekeeper

        [app:proxy-server]
        use = egg:swift#proxy
        account_autocreate = true
        recoverable_node_timeout = 30
        post_quorum_timeout = 30
        """;
  }

  private static String common(
      String address, int port, Path swiftDirectory, Path devices, Path recon) {
    return """
      [DEFAULT]
      bind_ip = %s
      bind_port = %d
      workers = 0
      user = %s
      swift_dir = %s
      devices = %s
      mount_check = false
      recon_cache_path = %s
      log_level = WARNING
      node_timeout = 30
      conn_timeout = 10

      [filter:healthcheck]
      use = egg:swift#healthcheck

      [filter:recon]
      use = egg:swift#recon

      """
        .formatted(address, port, System.getProperty("user.name"), swiftDirectory, devices, recon);
  }
}
