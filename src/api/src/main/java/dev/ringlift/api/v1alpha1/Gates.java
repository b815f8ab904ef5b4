package dev.ringlift.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import java.util.Objects;

/**
 * What waits for an approval.
 *
 * @param relink before objects are linked, in each cycle
 * @param increase before the ring is increased, in each cycle: the point of no return
 * @param cleanup before objects are removed from their old places, in each cycle
 */
public record Gates(
    @JsonPropertyDescription("Before objects are linked into their new places.")
        @Default("Automatic")
        Gate relink,
    @JsonPropertyDescription("Before the ring is increased: the point of no return.")
        @Default("Automatic")
        Gate increase,
    @JsonPropertyDescription("Before objects are removed from their old places.")
        @Default("Automatic")
        Gate cleanup) {

  /** Nothing waits. */
  public static final Gates AUTOMATIC = new Gates(Gate.Automatic, Gate.Automatic, Gate.Automatic);

  public Gates {
    relink = Objects.requireNonNullElse(relink, Gate.Automatic);
    increase = Objects.requireNonNullElse(increase, Gate.Automatic);
    cleanup = Objects.requireNonNullElse(cleanup, Gate.Automatic);
  }

  /** Whether a step waits. */
  public enum Gate {
    /** Goes on by itself. */
    Automatic,
    /** Waits for the annotation {@code ringlift.dev/approve}, once in each cycle. */
    Manual
  }
}
