package dev.ringlift.relinker;

/**
 * What was done on a device, counted as swift-object-relinker counts it.
 *
 * @param hashDirs hash dirs processed (those already at the right place are not counted)
 * @param files links required of them
 * @param linked links made
 * @param removed old files removed
 * @param errors files or directories that could not be dealt with; each keeps its partition from
 *     being done
 */
public record Counters(long hashDirs, long files, long linked, long removed, long errors) {
  public static final Counters ZERO = new Counters(0, 0, 0, 0, 0);

  public Counters plus(Counters other) {
    return new Counters(
        hashDirs + other.hashDirs,
        files + other.files,
        linked + other.linked,
        removed + other.removed,
        errors + other.errors);
  }
}
