package dev.ringlift.api.v1alpha1;

/**
 * What names have to look like. They are shown in messages, events and logs, and become part of
 * URLs and paths: none may hold a line break, lead out of its folder, or name what is elsewhere.
 */
final class NamePatterns {
  /** Names of objects in Kubernetes. */
  static final String OBJECT = "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$";

  /** Anything that shows on one line. */
  static final String PRINTABLE = "^[ -~]+$";

  /** Anything that shows on one line, without a space. */
  static final String WORD = "^[!-~]+$";

  /** A folder below the devices root: no slash, nothing that breaks a line. */
  static final String DEVICE = "^[^/\\x00-\\x1f\\x7f]+$";

  /** An md5 in hexadecimal digits. */
  static final String MD5 = "^[0-9a-f]{32}$";

  private NamePatterns() {}
}
