package dev.ringlift.operator.recon;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process that recon asks.
 *
 * @param identity of what runs there: a pod's UID, so that another pod that gets the same address
 *     is not taken for it; empty for an address that a user named
 * @param host a name, an IPv4 address, or an IPv6 address without brackets
 * @param keepsObjects whether to ask for replication, too
 */
public record ReconTarget(String identity, String host, int port, boolean keepsObjects) {
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?");
  private static final Pattern V6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}");
  private static final Pattern ADDRESS =
      Pattern.compile("(?:\\[([^\\]]*)\\]|([^:\\[\\]]*)):([0-9]{1,5})");

  public ReconTarget {
    if (!NAME.matcher(host).matches() && !isV6(host)) {
      throw new IllegalArgumentException("no host: " + host);
    }
  }

  private static boolean isV6(String host) {
    return V6.matcher(host).matches() && host.contains(":");
  }

  /** Of {@code host:port} or {@code [v6]:port}; empty if it is neither. */
  public static Optional<ReconTarget> ofAddress(String address, boolean keepsObjects) {
    Matcher parts = ADDRESS.matcher(address);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String host = parts.group(1) == null ? parts.group(2) : parts.group(1);
    int port = Integer.parseInt(parts.group(3));
    boolean named = parts.group(1) == null ? NAME.matcher(host).matches() : isV6(host);
    return named && port >= 1 && port <= 65535
        ? Optional.of(new ReconTarget("", host, port, keepsObjects))
        : Optional.empty();
  }

  /** Of a pod. */
  public static Optional<ReconTarget> ofPod(
      String uid, String podIp, int port, boolean keepsObjects) {
    return NAME.matcher(podIp).matches() || isV6(podIp)
        ? Optional.of(new ReconTarget(uid, podIp, port, keepsObjects))
        : Optional.empty();
  }

  /** Where recon answers a question such as {@code ringmd5}. */
  URI uri(String question) {
    return URI.create(
        "http://%s:%d/recon/%s".formatted(isV6(host) ? "[" + host + "]" : host, port, question));
  }
}
