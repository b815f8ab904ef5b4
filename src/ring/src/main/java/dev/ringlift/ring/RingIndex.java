package dev.ringlift.ring;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/** The index of a ring of format 2: where each section is, and what its checksum should be. */
final class RingIndex {
  /**
   * Two stored blocks of 18 bytes hold where the index is; this is the second, and what follows.
   */
  private static final int POINTER_FROM_END = 31;

  private final byte[] file;
  private final List<Entry> entries;

  private RingIndex(byte[] file, List<Entry> entries) {
    this.file = file;
    this.entries = entries;
  }

  List<Entry> entries() {
    return entries;
  }

  /** Where a section lies, before and after compression. */
  record Entry(String name, long compressedStart, long length, String method, String checksum) {}

  /** Reads a section's data to its end. */
  interface Reader<T> {
    T read(Section data, long length) throws IOException, RingFormatException;
  }

  static RingIndex read(byte[] file, Budget budget) throws IOException, RingFormatException {
    long start;
    try (RingInput in = new RingInput(file, file.length - (long) POINTER_FROM_END)) {
      start = in.exactly(Long.BYTES).getLong();
    }
    try (RingInput in = new RingInput(file, start)) {
      long length = in.exactly(Long.BYTES).getLong();
      if (length < 0) {
        throw damaged();
      }
      budget.checkText(length);
      Section text = new Section(in, length, null);
      if (!(PythonJson.read(text, budget) instanceof Dict dict)) {
        throw damaged();
      }
      text.finish("index", "");
      List<Entry> entries = new ArrayList<>();
      for (int i = 0; i < dict.size(); i++) {
        if (!(dict.valueAt(i) instanceof ItemList list)
            || list.size() != 6
            || !(dict.keyAt(i) instanceof String name)
            || !(list.get(0) instanceof Long compressedStart)
            || !(list.get(1) instanceof Long uncompressedStart)
            || !(list.get(3) instanceof Long uncompressedEnd)
            || !(list.get(4) instanceof String method)
            || !(list.get(5) instanceof String checksum)
            || uncompressedStart < 0
            || uncompressedEnd < uncompressedStart) {
          throw damaged();
        }
        entries.add(
            new Entry(
                name, compressedStart, uncompressedEnd - uncompressedStart, method, checksum));
      }
      return new RingIndex(file, List.copyOf(entries));
    }
  }

  private static RingFormatException damaged() {
    return new RingFormatException("Its index of sections is not one.");
  }

  <T> T readSection(String name, Reader<T> reader) throws IOException, RingFormatException {
    Entry entry =
        entries.stream()
            .filter(e -> e.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new RingFormatException("It has no section '%s'.".formatted(name)));
    return readSection(entry, reader);
  }

  <T> T readSection(Entry entry, Reader<T> reader) throws IOException, RingFormatException {
    String name = PickleText.printable(entry.name());
    try (RingInput in = new RingInput(file, entry.compressedStart())) {
      MessageDigest digest = digest(entry.method());
      ByteBuffer prefix = in.exactly(Long.BYTES);
      digest.update(prefix.duplicate());
      long length = prefix.getLong();
      if (length < 0 || length != entry.length() - Long.BYTES) {
        throw new RingFormatException(
            "Its section '%s' is not as long as its index says.".formatted(name));
      }
      Section data = new Section(in, length, digest);
      T value = reader.read(data, length);
      data.finish(name, entry.checksum());
      return value;
    }
  }

  /** The four that Swift accepts. */
  private static MessageDigest digest(String method) throws RingFormatException {
    String algorithm =
        switch (method) {
          case "md5" -> "MD5";
          case "sha1" -> "SHA-1";
          case "sha256" -> "SHA-256";
          case "sha512" -> "SHA-512";
          default -> throw new RingFormatException("Its sections have an unknown checksum.");
        };
    return newDigest(algorithm);
  }

  static MessageDigest newDigest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }
}
