package dev.ringlift.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.Objects;

/**
 * A time in which heavy work is allowed.
 *
 * @param start when it opens: five fields of cron
 * @param duration how long it stays open
 * @param timeZone of the IANA database
 */
public record Window(
    @JsonPropertyDescription("When it opens, in the five fields of cron, such as \"0 22 * * 1-5\".")
        @Required
        @Size(min = 9, max = 100)
        @Pattern(NamePatterns.PRINTABLE)
        String start,
    @JsonPropertyDescription("How long it stays open, such as 8h or 90m.")
        @Required
        @Pattern(PartitionPowerIncreaseSpec.DURATION)
        String duration,
    @JsonPropertyDescription("Time zone of the start, by its IANA name.")
        @Default("UTC")
        @Size(min = 1, max = 64)
        @Pattern(NamePatterns.PRINTABLE)
        String timeZone) {

  public Window {
    timeZone = Objects.requireNonNullElse(timeZone, "UTC");
  }
}
