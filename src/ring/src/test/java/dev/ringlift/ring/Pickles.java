package dev.ringlift.ring;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Builds pickles opcode by opcode, such as no Python would write. */
final class Pickles {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Characters as bytes; anything else by {@link #add(int...)}. */
  Pickles add(String text) {
    bytes.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  Pickles add(int... values) {
    for (int value : values) {
      bytes.write(value);
    }
    return this;
  }

  Pickles repeat(String text, int times) {
    byte[] once = text.getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i < times; i++) {
      bytes.writeBytes(once);
    }
    return this;
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }
}
