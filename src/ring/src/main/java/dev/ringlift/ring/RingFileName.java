package dev.ringlift.ring;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Swift names the files of an object ring: {@code object.ring.gz} and {@code object.builder}
 * for policy 0, {@code object-N.ring.gz} and {@code object-N.builder} for policy N.
 *
 * @param policyIndex the storage policy's index, at least 0
 * @param kind which of the two files
 */
public record RingFileName(int policyIndex, Kind kind) {
  private static final Pattern NAME =
      Pattern.compile("object(?:-([1-9][0-9]{0,8}))?(\\.ring\\.gz|\\.builder)");

  /** Ring or builder. */
  public enum Kind {
    RING(".ring.gz"),
    BUILDER(".builder");

    private final String suffix;

    Kind(String suffix) {
      this.suffix = suffix;
    }
  }

  public RingFileName {
    if (policyIndex < 0) {
      throw new IllegalArgumentException("A policy index is not negative: " + policyIndex);
    }
  }

  /** The name of a policy's ring file. */
  public static String ring(int policyIndex) {
    return new RingFileName(policyIndex, Kind.RING).fileName();
  }

  /** The name of a policy's builder file. */
  public static String builder(int policyIndex) {
    return new RingFileName(policyIndex, Kind.BUILDER).fileName();
  }

  /** Reads a file name, without directories; empty where it names no file of an object ring. */
  public static Optional<RingFileName> parse(String fileName) {
    Matcher matcher = NAME.matcher(fileName);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int index = matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1));
    Kind kind = matcher.group(2).equals(Kind.RING.suffix) ? Kind.RING : Kind.BUILDER;
    return Optional.of(new RingFileName(index, kind));
  }

  public String fileName() {
    return (policyIndex == 0 ? "object" : "object-" + policyIndex) + kind.suffix;
  }
}
