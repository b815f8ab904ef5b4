package dev.ringlift.operator.recon;

import dev.ringlift.operator.plan.ReconAnswer;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a target.
 *
 * @param answer the last one; null if there was none yet
 * @param failure why the last question got no answer, as the rest of a sentence about it; null if
 *     it did
 */
public record ReconState(@Nullable ReconAnswer answer, @Nullable String failure) {
  /** Not asked yet. */
  public static final ReconState UNKNOWN = new ReconState(null, null);
}
