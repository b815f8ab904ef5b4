package dev.ringlift.testkit.swift;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client did to an object.
 *
 * @param timestamp seconds with up to five digits after the point, as text: {@code
 *     "1700000000.00000"}
 * @param metadata further metadata, such as {@code X-Object-Meta-Colour}
 * @param nextPartPower where set, the new file is linked into the partition of that power too, as
 *     an object server does for a proxy that sends X-Backend-Next-Part-Power
 * @param fragment the fragment index, for policies with erasure coding
 * @param durable false leaves such a fragment without its durable mark
 */
public record Operation(
    Kind kind,
    String account,
    String container,
    String object,
    String timestamp,
    String body,
    Map<String, String> metadata,
    @Nullable Integer nextPartPower,
    @Nullable Integer fragment,
    boolean durable) {

  /** The methods of the object API that write. */
  public enum Kind {
    PUT,
    POST,
    DELETE
  }

  /** A PUT of {@code /account/container/object}. */
  public static Operation put(String path, String timestamp, String body) {
    return of(Kind.PUT, path, timestamp, body);
  }

  /** A POST: leaves a {@code .meta} file. */
  public static Operation post(String path, String timestamp, Map<String, String> metadata) {
    return of(Kind.POST, path, timestamp, "").metadata(metadata);
  }

  /** A DELETE: leaves a tombstone. */
  public static Operation delete(String path, String timestamp) {
    return of(Kind.DELETE, path, timestamp, "");
  }

  private static Operation of(Kind kind, String path, String timestamp, String body) {
    String[] parts = path.split("/", 4);
    if (parts.length != 4 || !parts[0].isEmpty()) {
      throw new IllegalArgumentException("not /account/container/object: " + path);
    }
    return new Operation(
        kind, parts[1], parts[2], parts[3], timestamp, body, Map.of(), null, null, true);
  }

  /** {@code /account/container/object}. */
  public String path() {
    return "/" + account + "/" + container + "/" + object;
  }

  public Operation metadata(Map<String, String> entries) {
    return new Operation(
        kind,
        account,
        container,
        object,
        timestamp,
        body,
        entries,
        nextPartPower,
        fragment,
        durable);
  }

  public Operation linkedInto(int partPower) {
    return new Operation(
        kind, account, container, object, timestamp, body, metadata, partPower, fragment, durable);
  }

  public Operation fragment(int index, boolean isDurable) {
    return new Operation(
        kind,
        account,
        container,
        object,
        timestamp,
        body,
        metadata,
        nextPartPower,
        index,
        isDurable);
  }
}
