package dev.ringlift.ring;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** MD5 as hexadecimal digits: what Swift and its recon tell ring files apart by. */
public final class Md5 {
  private Md5() {}

  /** Of these bytes: 32 digits, in lower case. */
  public static String hex(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(content));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has MD5", impossible);
    }
  }
}
