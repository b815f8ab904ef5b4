package dev.ringlift.relinker.layout;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code hashes.pkl}: a Python pickle (written with protocol 2; read with
 * protocols 0 to 5 as far as they concern plain values) of a dict: suffix to MD5, or to None, or to
 * a dict of fragment index or None to MD5; and {@code valid} (bool) and {@code updated} (float).
 * Whatever else is found makes the file invalid, which costs a rehash and nothing more: no opcode
 * that could load a class or call a function is known here, and a file that asks for more values
 * than any partition has is given up before it fills the heap.
 */
public final class HashesPickle {
  private HashesPickle() {}

  /**
   * Decodes the file; {@link SuffixHashes#invalid()} for anything that is not what it should be.
   */
  public static SuffixHashes read(byte[] bytes) {
    try {
      return convert(new Reader(bytes).load());
    } catch (Malformed | RuntimeException e) {
      // RuntimeException: buffer underflow, bad casts and the like: all of them mean a file that is
      // not what it should be.
      return SuffixHashes.invalid();
    }
  }

  public static byte[] write(SuffixHashes hashes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(64 + hashes.bySuffix().size() * 50);
    out.write(0x80);
    out.write(2);
    out.write('}');
    out.write('(');
    hashes
        .bySuffix()
        .forEach(
            (suffix, hash) -> {
              writeText(out, Places.suffixName(suffix));
              writeHash(out, hash);
            });
    writeText(out, "valid");
    out.write(hashes.valid() ? 0x88 : 0x89);
    writeText(out, "updated");
    out.write('G');
    out.writeBytes(ByteBuffer.allocate(8).putDouble(hashes.updated()).array());
    out.write('u');
    out.write('.');
    return out.toByteArray();
  }

  private static void writeHash(ByteArrayOutputStream out, Optional<SuffixHash> hash) {
    if (hash.isEmpty()) {
      out.write('N');
      return;
    }
    String digest = hash.get().digest();
    if (digest != null) {
      writeText(out, digest);
      return;
    }
    out.write('}');
    out.write('(');
    new TreeMap<>(hash.get().byFragment())
        .forEach(
            (fragment, each) -> {
              if (fragment == SuffixHash.NO_FRAGMENT) {
                out.write('N');
              } else {
                out.write('J');
                out.writeBytes(
                    ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(fragment).array());
              }
              writeText(out, each);
            });
    out.write('u');
  }

  private static void writeText(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write('X');
    out.writeBytes(
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length).array());
    out.writeBytes(bytes);
  }

  private static SuffixHashes convert(Object value) throws Malformed {
    if (!(value instanceof Map<?, ?> map)) {
      throw new Malformed();
    }
    boolean valid = true;
    double updated = -1;
    SortedMap<Integer, Optional<SuffixHash>> bySuffix = new TreeMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      String key = entry.getKey() instanceof String text ? text : "";
      switch (key) {
        case "valid" -> valid = Boolean.TRUE.equals(entry.getValue());
        case "updated" ->
            updated = entry.getValue() instanceof Number number ? number.doubleValue() : -1;
        default -> {
          byte[] name = key.getBytes(StandardCharsets.UTF_8);
          if (!Places.isSuffix(name)) {
            throw new Malformed();
          }
          bySuffix.put(Places.suffixNumber(name), hash(entry.getValue()));
        }
      }
    }
    return new SuffixHashes(valid, updated, bySuffix);
  }

  private static Optional<SuffixHash> hash(@Nullable Object value) throws Malformed {
    return switch (value) {
      case null -> Optional.empty();
      case Reader.None none -> Optional.empty();
      case String digest ->
          digest.isEmpty() ? Optional.empty() : Optional.of(SuffixHash.replicated(digest));
      case Map<?, ?> map -> {
        Map<Integer, String> byFragment = new HashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          int fragment =
              switch (entry.getKey()) {
                case Reader.None none -> SuffixHash.NO_FRAGMENT;
                case Long index -> Math.toIntExact(index);
                default -> throw new Malformed();
              };
          if (!(entry.getValue() instanceof String digest)) {
            throw new Malformed();
          }
          byFragment.put(fragment, digest);
        }
        // An empty dict is false in Python: not known.
        yield byFragment.isEmpty()
            ? Optional.empty()
            : Optional.of(SuffixHash.erasureCoded(byFragment));
      }
      default -> throw new Malformed();
    };
  }

  /** The file is not a pickle of plain values. */
  private static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed() {
      super("not a pickle of suffix hashes", null, false, false);
    }
  }

  /** The pickle machine, as far as plain values need it. */
  private static final class Reader {
    /** Python's None: the stack holds no nulls. */
    enum None {
      NONE
    }

    private static final Object MARK = new Object();

    /** Opcodes in a file: 4,096 suffixes, each with two dozen fragments, take as many. */
    private static final int MOST_OPCODES = 400_000;

    /** One for each suffix, and the one that holds them. */
    private static final int MOST_DICTS = 4097;

    private final ByteBuffer in;
    private final Deque<Object> stack = new ArrayDeque<>();
    private final Map<Integer, Object> memo = new HashMap<>();
    private int opcodes;
    private int dicts;

    Reader(byte[] bytes) {
      in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    Object load() throws Malformed {
      while (true) {
        int opcode = in.get() & 0xff;
        if (++opcodes > MOST_OPCODES) {
          throw new Malformed();
        }
        switch (opcode) {
          case 0x80 -> in.get();
          case 0x95 -> in.getLong();
          case '}' -> stack.push(dict(List.of()));
          case '(' -> stack.push(MARK);
          case 'd' -> stack.push(dict(toMark()));
          case 'N' -> stack.push(None.NONE);
          case 0x88 -> stack.push(true);
          case 0x89 -> stack.push(false);
          case 'X', 'T', 'B' -> stack.push(text(in.getInt()));
          case 0x8c, 'U', 'C' -> stack.push(text(in.get() & 0xff));
          case 'V' -> stack.push(line());
          case 'S' -> stack.push(quoted(line()));
          case 'G' -> stack.push(bigEndianDouble());
          case 'F' -> stack.push(Double.parseDouble(line()));
          case 'J' -> stack.push((long) in.getInt());
          case 'K' -> stack.push((long) (in.get() & 0xff));
          case 'M' -> stack.push((long) (in.getShort() & 0xffff));
          case 'I' -> stack.push(integer(line()));
          case 'L' -> stack.push(Long.parseLong(line().replace("L", "")));
          case 0x8a -> stack.push(smallLong(in.get() & 0xff));
          case 'q' -> memo.put(in.get() & 0xff, stack.getFirst());
          case 'r' -> memo.put(in.getInt(), stack.getFirst());
          case 'p' -> memo.put(Integer.parseInt(line()), stack.getFirst());
          case 0x94 -> memo.put(memo.size(), stack.getFirst());
          case 'h' -> stack.push(remembered(in.get() & 0xff));
          case 'j' -> stack.push(remembered(in.getInt()));
          case 'g' -> stack.push(remembered(Integer.parseInt(line())));
          case 's' -> {
            Object value = stack.pop();
            Object key = stack.pop();
            put(top(), key, value);
          }
          case 'u' -> {
            List<Object> items = toMark();
            putAll(top(), items);
          }
          case '.' -> {
            return stack.pop();
          }
          default -> throw new Malformed();
        }
      }
    }

    @SuppressWarnings("unchecked")
    private Map<Object, Object> top() throws Malformed {
      if (stack.getFirst() instanceof Map<?, ?> map) {
        return (Map<Object, Object>) map;
      }
      throw new Malformed();
    }

    private List<Object> toMark() throws Malformed {
      List<Object> items = new ArrayList<>();
      while (!stack.isEmpty()) {
        Object item = stack.pop();
        if (item == MARK) {
          return items.reversed();
        }
        items.add(item);
      }
      throw new Malformed();
    }

    private Map<Object, Object> dict(List<Object> items) throws Malformed {
      if (++dicts > MOST_DICTS) {
        throw new Malformed();
      }
      Map<Object, Object> map = new LinkedHashMap<>();
      putAll(map, items);
      return map;
    }

    private static void putAll(Map<Object, Object> map, List<Object> items) throws Malformed {
      for (int i = 0; i < items.size(); i += 2) {
        put(map, items.get(i), items.get(i + 1));
      }
    }

    /** Never a dict as a key: one that holds itself would be hashed without end. */
    private static void put(Map<Object, Object> map, Object key, Object value) throws Malformed {
      if (!(key instanceof String || key instanceof Long || key == None.NONE)) {
        throw new Malformed();
      }
      map.put(key, value);
    }

    private Object remembered(int index) throws Malformed {
      Object value = memo.get(index);
      if (value == null) {
        throw new Malformed();
      }
      return value;
    }

    private String text(int length) throws Malformed {
      if (length < 0 || length > in.remaining()) {
        throw new Malformed();
      }
      byte[] bytes = new byte[length];
      in.get(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }

    private String line() {
      StringBuilder text = new StringBuilder();
      for (char each = (char) in.get(); each != '\n'; each = (char) in.get()) {
        text.append(each);
      }
      return text.toString();
    }

    private static String quoted(String text) {
      return text.substring(1, text.length() - 1);
    }

    private static Object integer(String text) {
      return switch (text) {
        case "01" -> true;
        case "00" -> false;
        default -> Long.parseLong(text);
      };
    }

    private double bigEndianDouble() {
      return Double.longBitsToDouble(Long.reverseBytes(in.getLong()));
    }

    private long smallLong(int length) throws Malformed {
      if (length > 8) {
        throw new Malformed();
      }
      long value = 0;
      for (int i = 0; i < length; i++) {
        long each = i == length - 1 ? in.get() : in.get() & 0xff;
        value |= each << (8 * i);
      }
      return value;
    }
  }
}
