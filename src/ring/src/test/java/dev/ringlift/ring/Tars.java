package dev.ringlift.ring;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** Tars of whatever kind, header by header, made without what is tested. */
final class Tars {
  private static final int BLOCK = 512;
  private static final int CHECKSUM = 148;
  private static final int TYPE = 156;

  private final ByteArrayOutputStream tar = new ByteArrayOutputStream();

  /** A member as GNU tar writes it. */
  Tars add(char type, String name, byte[] content) {
    return add(header(type, name, content.length), content);
  }

  Tars file(String name, byte[] content) {
    return add('0', name, content);
  }

  Tars file(String name, String content) {
    return file(name, content.getBytes(ISO_8859_1));
  }

  /** POSIX's extended header, of whole records. */
  Tars records(String... records) {
    StringBuilder text = new StringBuilder();
    for (String record : records) {
      int length = record.length() + 3;
      length += Integer.toString(length).length() - 1;
      text.append(length).append(' ').append(record).append('\n');
    }
    return add('x', "PaxHeaders/member", text.toString().getBytes(ISO_8859_1));
  }

  Tars add(byte[] header, byte[] content) {
    tar.writeBytes(header);
    tar.writeBytes(content);
    tar.writeBytes(new byte[Math.floorMod(-content.length, BLOCK)]);
    return this;
  }

  /** With the end mark, filled up as tar does it. */
  byte[] ended() {
    byte[] members = tar.toByteArray();
    int whole = Math.ceilDiv(members.length + 2 * BLOCK, 20 * BLOCK) * 20 * BLOCK;
    return Arrays.copyOf(members, whole);
  }

  byte[] unended() {
    return tar.toByteArray();
  }

  byte[] gzipped() {
    return gzip(ended());
  }

  static byte[] header(char type, String name, long size) {
    byte[] header = new byte[BLOCK];
    put(header, 0, name);
    put(header, 100, "0000644\0" + "0122715\0" + "0122715\0");
    put(header, 124, "%011o\0".formatted(size));
    put(header, 136, "14500000000\0");
    header[TYPE] = (byte) type;
    put(header, 257, "ustar  \0");
    put(header, 265, "swift");
    put(header, 297, "swift");
    return sealed(header);
  }

  /** Changes a header, and its checksum with it. */
  static byte[] changed(byte[] header, int offset, String field) {
    byte[] changed = header.clone();
    put(changed, offset, field);
    return sealed(changed);
  }

  /** Gives a header the checksum of what it holds. */
  static byte[] sealed(byte[] header) {
    put(header, CHECKSUM, "        ");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xFF;
    }
    put(header, CHECKSUM, "%06o\0 ".formatted(sum));
    return header;
  }

  private static void put(byte[] header, int offset, String field) {
    byte[] bytes = field.getBytes(ISO_8859_1);
    System.arraycopy(bytes, 0, header, offset, bytes.length);
  }

  static byte[] gzip(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
