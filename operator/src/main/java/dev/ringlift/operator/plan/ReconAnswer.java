package dev.ringlift.operator.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a process last told by Swift's recon middleware.
 *
 * @param at when it was asked, by the operator's clock
 * @param rings of each ring file, by its name without the directory, the md5; {@link #UNREADABLE}
 *     for one that it could not read
 * @param version of Swift; null if it did not tell
 * @param clockSkew by how much its clock is ahead of the operator's; null if it did not tell
 * @param replicated when the last full pass of replication (and of reconstruction, where there is
 *     any) began that has ended, by its clock; null if it was not asked, or has not told
 */
public record ReconAnswer(
    Instant at,
    Map<String, String> rings,
    @Nullable String version,
    @Nullable Duration clockSkew,
    @Nullable Instant replicated) {
  /** In place of the md5 of a ring that the process itself could not read. */
  public static final String UNREADABLE = "";

  public ReconAnswer {
    rings = Map.copyOf(rings);
  }
}
