package dev.ringlift.e2e.demo;

import dev.ringlift.api.v1alpha1.Phase;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where the demo speaks: to a terminal with a table that is redrawn in place, else in plain lines.
 */
final class Screen {
  private static final String HIDE_CURSOR = "\u001b[?25l";
  private static final String SHOW_CURSOR = "\u001b[?25h";
  private static final String CLEAR_LINE = "\u001b[K";
  private static final int LONGEST_MESSAGE = 120;
  private static final String CLEAR_BELOW = "\u001b[J";

  private final PrintStream out;
  private final boolean live;
  private final int columns;
  private final Style style;
  private final LiveTable table;
  private int drawn;
  private @Nullable Phase lastPhase;
  private String lastLine = "";

  /**
   * @param live whether lines may be redrawn
   * @param columns how wide the terminal is
   */
  Screen(PrintStream out, boolean live, boolean coloured, int columns) {
    this.out = out;
    this.live = live;
    this.columns = columns;
    this.style = new Style(coloured);
    this.table = new LiveTable(style);
  }

  void title(String text) {
    out.println();
    out.println("  " + style.bold(text));
    out.println();
    out.flush();
  }

  /** Something begins that takes a while. */
  void begin(String text) {
    if (live) {
      out.print("  " + style.active("●") + " " + text + style.dim(" …"));
      out.flush();
    }
  }

  /** It is done. */
  void done(String text, Duration took) {
    if (live) {
      out.print("\r" + CLEAR_LINE);
    }
    out.println("  %s %s %s".formatted(style.good("✔"), text, style.dim(seconds(took))));
    out.flush();
  }

  void good(String text) {
    out.println("  " + style.good("✔") + " " + text);
    out.flush();
  }

  void bad(String text) {
    if (live) {
      out.print("\r" + CLEAR_LINE);
    }
    out.println("  " + style.bad("✘") + " " + text);
    out.flush();
  }

  void text(String text) {
    text.lines().forEach(line -> out.println("    " + style.dim(line)));
    out.flush();
  }

  void blank() {
    out.println();
    out.flush();
  }

  /** Shows a moment: redraws the table, or says in a line what is new. */
  void show(View view) {
    if (live) {
      redraw(table.draw(view));
    } else {
      line(view);
    }
  }

  private void redraw(List<String> lines) {
    StringBuilder frame = new StringBuilder(HIDE_CURSOR);
    if (drawn > 0) {
      frame.append("\u001b[").append(drawn).append('A');
    }
    for (String line : lines) {
      frame.append('\r').append(clipped(line)).append(CLEAR_LINE).append('\n');
    }
    frame.append(CLEAR_BELOW);
    drawn = lines.size();
    out.print(frame);
    out.flush();
  }

  private void line(View view) {
    StringBuilder line = new StringBuilder();
    View.Totals totals = view.totals();
    boolean working = view.phase() == Phase.Relinking || view.phase() == Phase.CleaningUp;
    if (view.phase() != lastPhase) {
      line.append("%-11s ring power %s".formatted(view.phase(), view.ring().powers()));
      lastPhase = view.phase();
    } else if (working && totals.partitionsTotal() > 0) {
      line.append(
          "%-11s %3d%%  %s of %s partitions, %s linked, %s removed, %s errors"
              .formatted(
                  view.phase(),
                  LiveTable.percent(totals.partitionsDone(), totals.partitionsTotal()),
                  LiveTable.number(totals.partitionsDone()),
                  LiveTable.number(totals.partitionsTotal()),
                  LiveTable.number(totals.linked()),
                  LiveTable.number(totals.removed()),
                  LiveTable.number(totals.errors())));
      for (View.Node node : view.nodes()) {
        line.append(
            "; %s %d%%".formatted(node.name(), LiveTable.percent(node.done(), node.total())));
      }
    } else if (!view.message().isEmpty()) {
      line.append("%-11s %s".formatted(view.phase(), abridged(view.message())));
    }
    if (!line.isEmpty() && !lastLine.contentEquals(line)) {
      lastLine = line.toString();
      out.println("  %8s  %s".formatted(seconds(view.elapsed()), line));
      out.flush();
    }
  }

  private static String abridged(String message) {
    return message.length() <= LONGEST_MESSAGE
        ? message
        : message.substring(0, LONGEST_MESSAGE) + "…";
  }

  /** Leaves the terminal as it was found. */
  void restore() {
    if (live) {
      out.print(SHOW_CURSOR);
      out.flush();
    }
  }

  /** The line without what would wrap; escape sequences take no room. */
  private String clipped(String line) {
    StringBuilder clipped = new StringBuilder();
    int width = 0;
    int at = 0;
    while (at < line.length()) {
      char c = line.charAt(at);
      if (c == '\u001b') {
        int end = line.indexOf('m', at);
        clipped.append(line, at, end + 1);
        at = end + 1;
      } else {
        if (width < columns) {
          clipped.append(c);
        }
        width++;
        at++;
      }
    }
    return clipped.toString();
  }

  static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
  }

  Style style() {
    return style;
  }
}
