package dev.ringlift.operator.plan;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The first version of a program that will do. */
record FirstVersion(int major, int minor) {
  private static final Pattern VERSION = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})(\\..*)?");

  /**
   * Whether this version is older. What is no version by its look is not: a distributor may have
   * named it, or somebody built it himself.
   */
  boolean isAfter(String version) {
    Matcher parts = VERSION.matcher(version);
    if (!parts.matches()) {
      return false;
    }
    int otherMajor = Integer.parseInt(parts.group(1));
    int otherMinor = Integer.parseInt(parts.group(2));
    return otherMajor < major || (otherMajor == major && otherMinor < minor);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
