package dev.ringlift.e2e.live;

import dev.ringlift.e2e.live.Content.Present;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * One object, and what the cluster has promised of it. One thread at a time asks and is answered
 * about it, so that what may be found is known at every moment: what the last write that was
 * acknowledged made of it. A write that was answered otherwise may have happened or not, and then
 * either is right until the next that is acknowledged.
 */
final class LiveObject {
  private final String container;
  private final String name;
  private final Set<Content> promised = new LinkedHashSet<>();
  private Instant since;
  private int version;

  /** An object that nobody has written yet. */
  LiveObject(String container, String name) {
    this.container = container;
    this.name = name;
    this.since = Instant.now();
    promised.add(Content.ABSENT);
  }

  /** {@code container/object}, fit for a URL. */
  String path() {
    return container + "/" + name;
  }

  /** A body that this object never had; of up to some KiB. */
  String nextBody() {
    version++;
    return "version %d of %s\n%s".formatted(version, path(), "x".repeat(version * 577 % 4096));
  }

  /** What may be found: one thing, unless a write was not acknowledged. */
  Set<Content> promised() {
    return Set.copyOf(promised);
  }

  /** When that was last promised. */
  Instant since() {
    return since;
  }

  boolean mayBe(Content content) {
    return promised.contains(content);
  }

  /** The object that is there for certain; empty if none is, or that is not known. */
  Optional<Present> certain() {
    return promised.size() == 1 && promised.iterator().next() instanceof Present present
        ? Optional.of(present)
        : Optional.empty();
  }

  /** Whether anything of it may be there at all. */
  boolean mayBeThere() {
    return promised.stream().anyMatch(Present.class::isInstance);
  }

  /** A write was acknowledged that leaves this. */
  void promise(Content content) {
    promised.clear();
    promised.add(content);
    since = Instant.now();
  }

  /** A write was not acknowledged that would have left this. */
  void allow(Content content) {
    promised.add(content);
    since = Instant.now();
  }

  /** All clients agree that this is there, which is one of what may be. */
  void settle(Content content) {
    promised.removeIf(other -> !other.equals(content));
  }

  @Override
  public String toString() {
    return path();
  }
}
