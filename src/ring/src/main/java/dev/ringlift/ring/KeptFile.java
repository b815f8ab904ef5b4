package dev.ringlift.ring;

import java.util.Arrays;
import java.util.Optional;

/**
 * A ring or builder file as a map of named values keeps it: whole under its own name, or as an
 * index under {@link PartIndex#nameFor}, whose parts are elsewhere.
 */
public final class KeptFile {
  private final byte[] value;
  private final Optional<PartIndex> index;

  private KeptFile(byte[] value, Optional<PartIndex> index) {
    this.value = value;
    this.index = index;
  }

  /** Finds the value of a name; empty where there is none. */
  @FunctionalInterface
  public interface Values {
    Optional<byte[]> value(String name);
  }

  /**
   * Finds out how a file is kept; empty where it is not there at all.
   *
   * @throws RingFormatException if its index is none, or if it is there both ways
   */
  public static Optional<KeptFile> find(String file, Values values) throws RingFormatException {
    Optional<byte[]> whole = values.value(file);
    Optional<byte[]> index = values.value(PartIndex.nameFor(file));
    if (index.isEmpty()) {
      return whole.map(bytes -> new KeptFile(bytes, Optional.empty()));
    }
    if (whole.isPresent()) {
      throw new RingFormatException(
          "It is there twice, whole and as %s: remove the key that is not to count."
              .formatted(PartIndex.nameFor(file)));
    }
    return Optional.of(new KeptFile(index.get(), Optional.of(PartIndex.read(index.get(), file))));
  }

  /** How it is put together; empty where it is whole. */
  public Optional<PartIndex> index() {
    return index;
  }

  /** How many bytes the map holds of it: all, or its index. */
  public int sizeInMap() {
    return value.length;
  }

  /** Whether it is the same file kept in the same way. */
  public boolean sameAs(KeptFile other) {
    return Arrays.equals(value, other.value) && index.isPresent() == other.index.isPresent();
  }

  /**
   * The file.
   *
   * @param source where the parts are, if it is in parts
   * @throws RingFormatException if a part is missing, or is not just what the index says
   */
  public byte[] content(PartIndex.Source source) throws RingFormatException {
    return index.isPresent() ? index.get().join(source) : value.clone();
  }
}
