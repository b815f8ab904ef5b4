package dev.ringlift.ring;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a ring or builder file is put together from its parts. As JSON:
 *
 * <pre>{@code
 * {"file": "object.ring.gz", "format": 1, "sha256": "…", "size": 1544012,
 *  "parts": [{"name": "object.ring.gz.00001", "sha256": "…", "size": 786432, "where": "…"}, …]}
 * }</pre>
 *
 * {@code where} names what holds the part, {@code name} the part in it: the file's name and its
 * number, from 00001 on. Since every part and the whole are named by their sha256, nobody who reads
 * by an index can end with a mixture of two files.
 *
 * @param file the name of the ring or builder
 * @param size of the whole, in bytes
 * @param sha256 of the whole, 64 hexadecimal digits
 * @param parts in order
 */
public record PartIndex(String file, int size, String sha256, List<Part> parts) {
  /** What is appended to a file's name to name its index. */
  public static final String SUFFIX = ".index";

  /** A ring of partition power 24 with three replicas fits. */
  public static final int LARGEST_FILE = 128 << 20;

  public static final int MOST_PARTS = 1_000;

  private static final int LARGEST_INDEX = 512 << 10;
  private static final long FORMAT = 1;
  private static final Set<String> KEYS = Set.of("file", "format", "parts", "sha256", "size");
  private static final Set<String> PART_KEYS = Set.of("name", "sha256", "size", "where");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /** What Kubernetes lets an object be called (RFC 1123 subdomain); so no path, ever. */
  private static final Pattern PLACE =
      Pattern.compile(
          "(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

  /**
   * A part.
   *
   * @param where the name of what holds it
   * @param name its name in there
   * @param size in bytes, at least 1
   * @param sha256 64 hexadecimal digits
   */
  public record Part(String where, String name, int size, String sha256) {}

  /** Finds a part; empty where there is none of that name. */
  @FunctionalInterface
  public interface Source {
    Optional<byte[]> part(String where, String name);
  }

  public PartIndex {
    parts = List.copyOf(parts);
  }

  /** The name of a file's index. */
  public static String nameFor(String file) {
    return file + SUFFIX;
  }

  /** Whether a place may be called so. */
  public static boolean isPlace(String name) {
    return PLACE.matcher(name).matches();
  }

  /** The name of a file's part; numbers begin at 1. */
  static String partName(String file, int number) {
    return "%s.%05d".formatted(file, number);
  }

  /**
   * Reads an index.
   *
   * @param file the name of the ring or builder that it is to be the index of
   * @throws RingFormatException if it is anything but that, with sizes, counts and names as they
   *     have to be
   */
  public static PartIndex read(byte[] json, String file) throws RingFormatException {
    if (json.length > LARGEST_INDEX) {
      throw new RingFormatException(
          "Its index is %d bytes long, and none has to be longer than %d."
              .formatted(json.length, LARGEST_INDEX));
    }
    Dict root = dict(parse(json), KEYS, "Its index");
    if (root.requiredLong("format", "the index") != FORMAT) {
      throw new RingFormatException("Its index has a format that is not known; 1 is.");
    }
    String name = root.requiredString("file", "the index");
    if (!name.equals(file) || RingFileName.parse(file).isEmpty()) {
      throw new RingFormatException("Its index is not that of %s.".formatted(file));
    }
    ItemList list = root.requiredList("parts", "the index");
    if (list.size() < 1 || list.size() > MOST_PARTS) {
      throw new RingFormatException(
          "Its index has %d parts; 1 to %d are possible.".formatted(list.size(), MOST_PARTS));
    }
    List<Part> parts = new ArrayList<>();
    Set<String> places = new HashSet<>();
    long sum = 0;
    for (int number = 1; number <= list.size(); number++) {
      Part part = part(list.get(number - 1), file, number);
      if (!places.add(part.where())) {
        throw new RingFormatException(
            "Its index has two parts in the same place, part %d being the second."
                .formatted(number));
      }
      parts.add(part);
      sum += part.size();
    }
    int size = size(root, "the index");
    if (sum != size) {
      throw new RingFormatException(
          "The parts in its index are %d bytes together, and not %d as it says."
              .formatted(sum, size));
    }
    return new PartIndex(file, size, sha256(root, "the index"), parts);
  }

  private static @Nullable Object parse(byte[] json) throws RingFormatException {
    try {
      return PythonJson.read(new ByteArrayInputStream(json), new Budget("index", json.length));
    } catch (IOException | RingFormatException e) {
      throw new RingFormatException("Its index is not the JSON text of one.", e);
    }
  }

  private static Part part(@Nullable Object item, String file, int number)
      throws RingFormatException {
    String what = "part " + number;
    Dict dict = dict(item, PART_KEYS, "In its index, " + what);
    String name = partName(file, number);
    if (!dict.requiredString("name", what).equals(name)) {
      throw new RingFormatException(
          "Part %d in its index is not named %s.".formatted(number, name));
    }
    String where = dict.requiredString("where", what);
    if (!isPlace(where)) {
      throw new RingFormatException(
          "Part %d in its index is in a place whose name is none.".formatted(number));
    }
    return new Part(where, name, size(dict, what), sha256(dict, what));
  }

  private static Dict dict(@Nullable Object value, Set<String> keys, String what)
      throws RingFormatException {
    if (!(value instanceof Dict dict)) {
      throw new RingFormatException(what + " is not an object.");
    }
    Set<@Nullable Object> found = new HashSet<>();
    for (int i = 0; i < dict.size(); i++) {
      if (!keys.contains(dict.keyAt(i)) || !found.add(dict.keyAt(i))) {
        throw new RingFormatException(what + " has a key too many, or one twice.");
      }
    }
    return dict;
  }

  private static int size(Dict dict, String what) throws RingFormatException {
    long size = dict.requiredLong("size", what);
    if (size < 1 || size > LARGEST_FILE) {
      throw new RingFormatException(
          "The size of %s is %d bytes, and not between 1 and %d."
              .formatted(what, size, LARGEST_FILE));
    }
    return (int) size;
  }

  private static String sha256(Dict dict, String what) throws RingFormatException {
    String sha256 = dict.requiredString("sha256", what);
    if (!SHA256.matcher(sha256).matches()) {
      throw new RingFormatException("The sha256 of %s is none.".formatted(what));
    }
    return sha256;
  }

  /** The text: the same for the same index, always. */
  public byte[] toBytes() {
    Dict root = new Dict();
    root.put("file", file);
    root.put("format", FORMAT);
    root.put("sha256", sha256);
    root.put("size", (long) size);
    @Nullable Object[] list = new Object[parts.size()];
    for (int i = 0; i < list.length; i++) {
      Part part = parts.get(i);
      Dict dict = new Dict();
      dict.put("name", part.name());
      dict.put("sha256", part.sha256());
      dict.put("size", (long) part.size());
      dict.put("where", part.where());
      list[i] = dict;
    }
    root.put("parts", new ItemList(list));
    return PythonJson.write(root).toString().getBytes(US_ASCII);
  }

  /**
   * Puts the file together.
   *
   * @throws RingFormatException if a part is missing, or is not just what the index says
   */
  public byte[] join(Source source) throws RingFormatException {
    // Grows as parts come: a size that is only said takes no memory.
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (Part part : parts) {
      byte[] content =
          source
              .part(part.where(), part.name())
              .orElseThrow(
                  () ->
                      new RingFormatException(
                          "Its part %s is not in %s.".formatted(part.name(), part.where())));
      if (content.length != part.size()) {
        throw new RingFormatException(
            "Its part %s is %d bytes long, and not %d as its index says."
                .formatted(part.name(), content.length, part.size()));
      }
      if (!Sha256.hex(content).equals(part.sha256())) {
        throw new RingFormatException(
            "Its part %s has another sha256 than its index says.".formatted(part.name()));
      }
      whole.writeBytes(content);
    }
    byte[] content = whole.toByteArray();
    if (!Sha256.hex(content).equals(sha256)) {
      throw new RingFormatException("Its parts together have another sha256 than its index says.");
    }
    return content;
  }
}
