package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** Names of objects that follow from what they are for, so that making them twice makes one. */
public final class TaskNames {
  private static final int MAXIMUM = 253;
  private static final int HASH_DIGITS = 10;

  private TaskNames() {}

  /** The RelinkTask of a node: {@code <increase>-c<cycle>-<step>-<node>}. */
  static String of(String increase, int cycle, Step step, String node) {
    return bounded(
        "%s-c%d-%s-%s".formatted(increase, cycle, step.name().toLowerCase(Locale.ROOT), node));
  }

  /** The same where all is verified: what a task looks at can't be changed. */
  static String ofFullVerify(String increase, int cycle, String node) {
    return bounded("%s-c%d-full-verify-%s".formatted(increase, cycle, node));
  }

  /** The same for this very increase, where a task that is not its own has the name. */
  public static String ofVery(String increaseUid, String task) {
    return bounded(task + "-" + hash(increaseUid));
  }

  /** The ConfigMap that keeps what another held of a ring and its builder. */
  public static String backup(String increase, String ringMd5, String configMap) {
    return bounded(increase + "-backup-" + ringMd5 + "-" + configMap);
  }

  /** A name that is too long is cut, and ends in a hash of the whole. */
  public static String bounded(String name) {
    if (name.length() <= MAXIMUM) {
      return name;
    }
    return name.substring(0, MAXIMUM - HASH_DIGITS - 1) + "-" + hash(name);
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }
}
