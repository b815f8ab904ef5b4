package dev.ringlift.e2e.live;

import dev.ringlift.e2e.live.LiveClient.Answer;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An answer that is none of what was promised; and when the object was as promised again. */
final class Contradiction {
  private final Instant at = Instant.now();
  private final String request;
  private final LiveObject object;
  private final Set<Content> promised;
  private final Instant since;
  private final Answer answer;
  private volatile @Nullable Instant mended;

  /**
   * Seen now.
   *
   * @param request what was asked, and of whom
   * @param promised what might have been found
   * @param since when that was promised
   */
  Contradiction(
      String request, LiveObject object, Set<Content> promised, Instant since, Answer answer) {
    this.request = request;
    this.object = object;
    this.promised = promised;
    this.since = since;
    this.answer = answer;
  }

  /** When the answer had come. */
  Instant at() {
    return at;
  }

  /** When what it contradicts was promised. */
  Instant since() {
    return since;
  }

  LiveObject object() {
    return object;
  }

  /** Every proxy was asked again, and found what was promised. */
  void mend() {
    mended = Instant.now();
  }

  /** When that was; null while it isn't. */
  @Nullable Instant mended() {
    return mended;
  }

  @Override
  public String toString() {
    return "%s: %s %s: promised %s since %s, found %s, transaction %s, %s"
        .formatted(
            at,
            request,
            object,
            promised,
            since,
            answer,
            answer.transaction(),
            mended == null ? "never mended" : "mended " + mended);
  }
}
