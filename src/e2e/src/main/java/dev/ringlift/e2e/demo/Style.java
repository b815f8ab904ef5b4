package dev.ringlift.e2e.demo;

/** Colours and signs; with neither where they are not wanted. */
record Style(boolean coloured) {
  String bold(String text) {
    return in("1", text);
  }

  String dim(String text) {
    return in("2", text);
  }

  String good(String text) {
    return in("32", text);
  }

  String bad(String text) {
    return in("31", text);
  }

  String active(String text) {
    return in("36", text);
  }

  String warm(String text) {
    return in("33", text);
  }

  private String in(String code, String text) {
    return coloured && !text.isEmpty() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }

  /** A bar of so many cells, in eighths. */
  String bar(long done, long total, int cells) {
    double share = total <= 0 ? 0 : Math.min(1.0, (double) done / total);
    int eighths = (int) Math.floor(share * cells * 8);
    StringBuilder full = new StringBuilder("█".repeat(eighths / 8));
    if (eighths % 8 > 0) {
      full.append("▏▎▍▌▋▊▉".charAt(eighths % 8 - 1));
    }
    String rest = "░".repeat(cells - full.length());
    return (share >= 1 ? good(full.toString()) : active(full.toString())) + dim(rest);
  }
}
