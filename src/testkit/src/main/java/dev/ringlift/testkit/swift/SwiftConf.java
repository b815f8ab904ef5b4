package dev.ringlift.testkit.swift;

import java.util.ArrayList;
import java.util.List;

/**
 * The settings of a swift.conf.
 *
 * @param hashPrefix goes before each object's path when it is hashed
 * @param hashSuffix goes after it
 * @param policies the text of the storage policies' sections, in the form of swift.conf
 */
public record SwiftConf(String hashPrefix, String hashSuffix, List<String> policies) {

  /** One replication policy, index 0. */
  public static final SwiftConf DEFAULT =
      new SwiftConf(
          "before",
          "after",
          List.of(
              """
              [storage-policy:0]
              name = gold
              default = yes
              """));

  /** These settings with one more policy of index {@code index}, kept by replication. */
  public SwiftConf withReplication(int index, String name) {
    return with(
        """
        [storage-policy:%d]
        name = %s
        """
            .formatted(index, name));
  }

  /** These settings with one more policy, kept by erasure coding. */
  public SwiftConf withErasureCoding(int index, String name, int data, int parity) {
    return with(
        """
        [storage-policy:%d]
        name = %s
        policy_type = erasure_coding
        ec_type = liberasurecode_rs_vand
        ec_num_data_fragments = %d
        ec_num_parity_fragments = %d
        """
            .formatted(index, name, data, parity));
  }

  private SwiftConf with(String policy) {
    List<String> more = new ArrayList<>(policies);
    more.add(policy);
    return new SwiftConf(hashPrefix, hashSuffix, List.copyOf(more));
  }

  /** The file itself. */
  public String text() {
    return """
    [swift-hash]
    swift_hash_path_prefix = %s
    swift_hash_path_suffix = %s

    %s"""
        .formatted(hashPrefix, hashSuffix, String.join("\n", policies));
  }
}
