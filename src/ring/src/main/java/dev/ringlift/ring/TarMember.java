package dev.ringlift.ring;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * One member of a tar: its headers and its content, as a stretch of an array that nobody changes.
 */
final class TarMember {
  private final String name;
  private final boolean isFile;
  private final byte[] tar;
  private final int start;
  private final int contentStart;
  private final int size;

  /**
   * @param name where it is unpacked to, without {@code ./} and double slashes
   * @param isFile whether it is a file; otherwise a folder
   * @param tar what it lies in
   * @param start of its first header
   * @param contentStart of its content, right after its last header
   * @param size of its content in bytes
   */
  TarMember(String name, boolean isFile, byte[] tar, int start, int contentStart, int size) {
    this.name = name;
    this.isFile = isFile;
    this.tar = tar;
    this.start = start;
    this.contentStart = contentStart;
    this.size = size;
  }

  String name() {
    return name;
  }

  boolean isFile() {
    return isFile;
  }

  byte[] content() {
    return Arrays.copyOfRange(tar, contentStart, contentStart + size);
  }

  /** Its length in the tar: headers, content and what fills up the last block. */
  int length() {
    return padded(contentStart + size) - start;
  }

  void writeTo(OutputStream out) throws IOException {
    out.write(tar, start, length());
  }

  /** The same headers over another content. */
  TarMember with(byte[] content) {
    int headers = contentStart - start;
    byte[] changed = new byte[padded(headers + content.length)];
    System.arraycopy(tar, start, changed, 0, headers);
    int header = headers - TarHeader.BLOCK;
    TarHeader.at(changed, header).withSize(content.length).copyTo(changed, header);
    System.arraycopy(content, 0, changed, headers, content.length);
    return new TarMember(name, isFile, changed, 0, headers, content.length);
  }

  /** A copy under another name, of the same mode, owner and time. */
  TarMember copy(String newName) {
    byte[] copy = new byte[padded(TarHeader.BLOCK + size)];
    TarHeader.at(tar, contentStart - TarHeader.BLOCK).withName(newName).copyTo(copy, 0);
    System.arraycopy(tar, contentStart, copy, TarHeader.BLOCK, size);
    return new TarMember(newName, isFile, copy, 0, TarHeader.BLOCK, size);
  }

  /** Up to a whole number of blocks. */
  static int padded(int length) {
    return Math.ceilDiv(length, TarHeader.BLOCK) * TarHeader.BLOCK;
  }
}
