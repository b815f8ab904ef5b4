package dev.ringlift.testkit.swift;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a tree.
 *
 * @param path relative to the folder that was described
 * @param type {@code file}, {@code directory} or {@code other}
 * @param size of a file, in bytes
 * @param mode permission bits
 * @param md5 of a file's contents, in hex
 * @param xattrs name ({@code user.swift.metadata}) to value in hex
 */
public record SwiftFile(
    String path,
    String type,
    long inode,
    int links,
    long size,
    int mode,
    @Nullable String md5,
    Map<String, String> xattrs) {

  public boolean isFile() {
    return type.equals("file");
  }

  /** The last part of the path. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
