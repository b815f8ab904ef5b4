package dev.ringlift.operator.plan;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import dev.ringlift.api.v1alpha1.Window;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The times in which heavy work is allowed. A window opens by cron in a time zone, and stays open
 * for a duration: where clocks are put back in it, it closes an hour earlier by the wall.
 */
final class Windows {
  private static final CronParser PARSER =
      new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

  /** More openings than this are not walked through to find when a work could end. */
  private static final int HORIZON = 5000;

  private final List<Opening> openings = new ArrayList<>();
  private final List<String> mistakes = new ArrayList<>();

  private record Opening(ExecutionTime start, ZoneId zone, Duration duration, Window window) {
    Optional<Instant> last(Instant now) {
      // It asks for what is before, and now may be the very start.
      return start.lastExecution(at(now.plusSeconds(1))).map(ZonedDateTime::toInstant);
    }

    Optional<Instant> next(Instant now) {
      return start.nextExecution(at(now)).map(ZonedDateTime::toInstant);
    }

    private ZonedDateTime at(Instant time) {
      return time.atZone(zone);
    }
  }

  private Windows() {}

  static Windows of(List<Window> windows) {
    Windows all = new Windows();
    windows.forEach(all::add);
    return all;
  }

  private void add(Window window) {
    String name = "Window \"%s\" (%s): ".formatted(window.start(), window.timeZone());
    ZoneId zone;
    try {
      zone = ZoneId.of(window.timeZone());
    } catch (DateTimeException unknown) {
      mistakes.add(name + "there is no such time zone; it needs a name such as Europe/Berlin.");
      return;
    }
    try {
      Cron cron = PARSER.parse(window.start()).validate();
      Duration duration = Times.duration(window.duration());
      if (duration.isZero()) {
        mistakes.add(name + "a duration of " + window.duration() + " is none.");
        return;
      }
      openings.add(new Opening(ExecutionTime.forCron(cron), zone, duration, window));
    } catch (IllegalArgumentException notCron) {
      mistakes.add(
          name
              + "the start is not five fields of cron, such as \"0 22 * * 1-5\": "
              + Sentences.end(String.valueOf(notCron.getMessage())));
    }
  }

  /** Why nobody could tell when work is allowed, as sentences. */
  List<String> mistakes(Instant now) {
    List<String> all = new ArrayList<>(mistakes);
    for (Opening opening : openings) {
      if (opening.next(now).isEmpty() && opening.last(now).isEmpty()) {
        all.add("Window \"%s\" never opens.".formatted(opening.window().start()));
      }
    }
    return all;
  }

  boolean areOpen(Instant now) {
    return openings.isEmpty() || closing(now).isPresent();
  }

  /** When the last of the windows that are open now closes; empty if none is. */
  private Optional<Instant> closing(Instant now) {
    return openings.stream()
        .flatMap(opening -> opening.last(now).map(s -> s.plus(opening.duration())).stream())
        .filter(end -> end.isAfter(now))
        .max(Instant::compareTo);
  }

  Optional<Instant> nextOpening(Instant now) {
    return openings.stream().flatMap(opening -> opening.next(now).stream()).min(Instant::compareTo);
  }

  /** When work that takes so long would end, begun now and done in the windows alone. */
  Instant endOf(Duration work, Instant now) {
    if (openings.isEmpty()) {
      return now.plus(work);
    }
    Duration left = work;
    Instant at = now;
    for (int i = 0; i < HORIZON; i++) {
      Optional<Instant> closes = closing(at);
      if (closes.isPresent()) {
        Duration open = Duration.between(at, closes.get());
        if (open.compareTo(left) >= 0) {
          return at.plus(left);
        }
        left = left.minus(open);
        at = closes.get();
      } else {
        Optional<Instant> opens = nextOpening(at);
        if (opens.isEmpty()) {
          return Instant.MAX;
        }
        at = opens.get();
      }
    }
    return Instant.MAX;
  }

  /** For how long they were open between two times. */
  Duration openBetween(Instant from, Instant to) {
    if (openings.isEmpty()) {
      return Duration.between(from, to);
    }
    Duration open = Duration.ZERO;
    Instant at = from;
    for (int i = 0; i < HORIZON && at.isBefore(to); i++) {
      Optional<Instant> closes = closing(at);
      Instant next = (closes.isPresent() ? closes : nextOpening(at)).filter(to::isAfter).orElse(to);
      if (closes.isPresent()) {
        open = open.plus(Duration.between(at, next));
      }
      at = next;
    }
    return open;
  }
}
