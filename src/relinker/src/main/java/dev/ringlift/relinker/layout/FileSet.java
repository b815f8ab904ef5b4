package dev.ringlift.relinker.layout;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the files of one hash dir come to.
 *
 * @param obsolete files that a newer one supersedes; they may go
 * @param reclaimable files that may go once they are old enough: strays without data, fragments
 *     that never became durable, and a tombstone that stands alone. Ringlift removes nothing by age
 *     unless told to
 * @param meta the file that holds the newest metadata of the object, if it exists
 * @param tombstone the tombstone, if the object is deleted
 * @param data the data file, or for erasure coding the chosen fragment
 * @param contentType the {@code .meta} with a content type newer than the data
 * @param fragmentSets for erasure coding: fragments of the same time, newest first, down to the
 *     durable ones
 * @param durableSet for erasure coding: the durable one among them
 */
public record FileSet(
    List<FileName> obsolete,
    List<FileName> reclaimable,
    @Nullable FileName meta,
    @Nullable FileName tombstone,
    @Nullable FileName data,
    @Nullable FileName contentType,
    List<List<FileName>> fragmentSets,
    @Nullable List<FileName> durableSet) {

  /** Nothing there that Swift knows. */
  public static final FileSet EMPTY =
      new FileSet(List.of(), List.of(), null, null, null, null, List.of(), null);
}
