package dev.ringlift.ring;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a pickle of protocol 2, which is what Swift writes. Keys and the containers that are
 * {@linkplain Graph shared} are memoized, and what is long; everything else is written where it
 * stands, since a memo of all that a large builder holds would cost more than it saves.
 */
final class PickleWriter {
  /** Python's own batch: readers need not stack more. */
  private static final int BATCH = 1000;

  /** A longer text is memoized, so that a file can't grow by writing again what it shares. */
  private static final int LONG_TEXT = 16;

  private final OutputStream out;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
  private final Map<String, Integer> keys = new HashMap<>();
  private final IdentityHashMap<Object, Integer> known = new IdentityHashMap<>();
  private int memoSize;
  private int arrayGlobal = -1;

  private PickleWriter(OutputStream out) {
    this.out = out;
  }

  static void write(@Nullable Object root, OutputStream out) throws IOException {
    PickleWriter writer = new PickleWriter(out);
    writer.opcode(0x80).put((byte) 2);
    writer.value(root);
    writer.opcode('.');
    writer.flush();
  }

  private void value(@Nullable Object value) throws IOException {
    switch (value) {
      case null -> opcode('N');
      case Boolean flag -> opcode(flag ? 0x88 : 0x89);
      case Long number -> integer(number);
      case BigInteger number -> {
        if (!recalled(number)) {
          bigInteger(number);
          known.put(number, memoize());
        }
      }
      case Double number ->
          opcode('G').putLong(Long.reverseBytes(Double.doubleToRawLongBits(number)));
      case String text -> {
        if (text.length() <= LONG_TEXT) {
          text(text);
        } else if (!recalled(text)) {
          text(text);
          known.put(text, memoize());
        }
      }
      case IntArray array -> array(array);
      case ItemList list -> list(list);
      case Tuple tuple -> tuple(tuple);
      case Dict dict -> dict(dict);
      default -> throw new IllegalStateException("not a value of a builder: " + value.getClass());
    }
  }

  private void integer(long number) throws IOException {
    if (number >= 0 && number <= 0xFF) {
      opcode('K').put((byte) number);
    } else if (number >= 0 && number <= 0xFFFF) {
      opcode('M').putShort((short) number);
    } else if (number == (int) number) {
      opcode('J').putInt((int) number);
    } else {
      bigInteger(BigInteger.valueOf(number));
    }
  }

  private void bigInteger(BigInteger number) throws IOException {
    byte[] bytes = number.toByteArray();
    opcode(0x8a).put((byte) bytes.length);
    for (int i = bytes.length - 1; i >= 0; i--) {
      buffer.put(bytes[i]);
    }
  }

  private void text(String text) throws IOException {
    byte[] utf8 = PickleText.toUtf8(text);
    opcode('X').putInt(utf8.length);
    flush();
    out.write(utf8);
  }

  private void key(@Nullable Object key) throws IOException {
    if (key instanceof String text) {
      Integer index = keys.get(text);
      if (index != null) {
        recall(index);
      } else {
        text(text);
        keys.put(text, memoize());
      }
    } else {
      value(key);
    }
  }

  private void array(IntArray array) throws IOException {
    if (recalled(array)) {
      return;
    }
    if (arrayGlobal < 0) {
      opcode('c').put("array\narray\n".getBytes(StandardCharsets.US_ASCII));
      arrayGlobal = memoize();
    } else {
      recall(arrayGlobal);
    }
    key(array.typeCode());
    opcode(']');
    for (int start = 0; start < array.length(); start += BATCH) {
      opcode('(');
      int end = Math.min(start + BATCH, array.length());
      for (int i = start; i < end; i++) {
        integer(array.get(i));
      }
      opcode('e');
    }
    opcode(0x86);
    opcode('R');
    known.put(array, memoize());
  }

  private void list(ItemList list) throws IOException {
    if (recalled(list)) {
      return;
    }
    opcode(']');
    memoizeIf(list.shared, list);
    for (int start = 0; start < list.size(); start += BATCH) {
      opcode('(');
      int end = Math.min(start + BATCH, list.size());
      for (int i = start; i < end; i++) {
        if (list.isCompact()) {
          integer(list.getLong(i));
        } else {
          value(list.get(i));
        }
      }
      opcode('e');
    }
  }

  private void tuple(Tuple tuple) throws IOException {
    if (recalled(tuple)) {
      return;
    }
    if (tuple.size() == 0) {
      opcode(')');
      return;
    }
    if (tuple.size() > 3) {
      opcode('(');
    }
    for (int i = 0; i < tuple.size(); i++) {
      value(tuple.get(i));
    }
    opcode(tuple.size() > 3 ? 't' : 0x84 + tuple.size());
    memoizeIf(tuple.shared, tuple);
  }

  private void dict(Dict dict) throws IOException {
    if (recalled(dict)) {
      return;
    }
    opcode('}');
    memoizeIf(dict.shared, dict);
    for (int start = 0; start < dict.size(); start += BATCH) {
      opcode('(');
      int end = Math.min(start + BATCH, dict.size());
      for (int i = start; i < end; i++) {
        key(dict.keyAt(i));
        value(dict.valueAt(i));
      }
      opcode('u');
    }
  }

  private boolean recalled(Object value) throws IOException {
    Integer index = known.get(value);
    if (index == null) {
      return false;
    }
    recall(index);
    return true;
  }

  private void memoizeIf(boolean shared, Object value) throws IOException {
    if (shared) {
      known.put(value, memoize());
    }
  }

  private int memoize() throws IOException {
    if (memoSize <= 0xFF) {
      opcode('q').put((byte) memoSize);
    } else {
      opcode('r').putInt(memoSize);
    }
    return memoSize++;
  }

  private void recall(int index) throws IOException {
    if (index <= 0xFF) {
      opcode('h').put((byte) index);
    } else {
      opcode('j').putInt(index);
    }
  }

  /** Room for the longest number that follows an opcode is kept free. */
  private ByteBuffer opcode(int opcode) throws IOException {
    if (buffer.remaining() < 300) {
      flush();
    }
    return buffer.put((byte) opcode);
  }

  private void flush() throws IOException {
    out.write(buffer.array(), 0, buffer.position());
    buffer.clear();
  }
}
