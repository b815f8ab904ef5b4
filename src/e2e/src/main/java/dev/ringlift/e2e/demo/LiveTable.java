package dev.ringlift.e2e.demo;

import dev.ringlift.api.v1alpha1.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Draws a view as the lines of a terminal. */
final class LiveTable {
  private static final int MOST_DEVICE_ROWS = 24;
  private static final int BAR = 24;
  private static final int WIDE_BAR = 40;

  private final Style style;

  LiveTable(Style style) {
    this.style = style;
  }

  List<String> draw(View view) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add("  " + way(view.phase()));
    lines.add("");
    lines.add(
        "  %s  %s  %s"
            .formatted(
                style.dim("ring "),
                style.bold("power " + view.ring().powers()),
                style.dim(
                    "md5 %s  on %d of %d nodes"
                        .formatted(
                            abridged(view.ring().md5()),
                            view.ring().nodesCurrent(),
                            view.ring().nodesTotal()))));
    lines.add(
        "  %s  %s %s"
            .formatted(
                style.dim(view.step().equals("Cleanup") ? "clean" : "link "),
                style.bar(
                    view.totals().partitionsDone(), view.totals().partitionsTotal(), WIDE_BAR),
                totals(view)));
    lines.add("");
    lines.addAll(nodes(view));
    lines.add("");
    lines.add("  " + style.dim(view.message()));
    return lines;
  }

  private String way(Phase now) {
    List<String> stations = new ArrayList<>();
    int here = Phase.WAY.indexOf(now);
    for (int station = 0; station < Phase.WAY.size(); station++) {
      String name = Phase.WAY.get(station).name();
      if (station < here || now == Phase.Complete) {
        stations.add(style.good("✔ " + name));
      } else if (station == here) {
        stations.add(style.bold(style.active("● " + name)));
      } else {
        stations.add(style.dim("○ " + name));
      }
    }
    return String.join(style.dim(" ─ "), stations)
        + (here < 0 ? "  " + style.warm(now.name()) : "");
  }

  private String totals(View view) {
    View.Totals totals = view.totals();
    if (totals.partitionsTotal() == 0) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    text.append(
        style.bold("%3d%%".formatted(percent(totals.partitionsDone(), totals.partitionsTotal()))));
    text.append(
        "  %s of %s partitions"
            .formatted(number(totals.partitionsDone()), number(totals.partitionsTotal())));
    if (totals.filesPerSecond() > 0) {
      text.append("  %s/s".formatted(number(totals.filesPerSecond())));
    }
    if (view.remaining() != null) {
      text.append("  ETA ").append(minutes(view.remaining()));
    }
    if (totals.errors() > 0) {
      text.append("  ").append(style.bad(number(totals.errors()) + " errors"));
    }
    return text.toString();
  }

  private List<String> nodes(View view) {
    List<String> lines = new ArrayList<>();
    lines.add(
        style.dim(
            "  %-12s %-13s %-7s %-24s %5s %13s %10s %10s"
                .formatted("NODE", "RING", "DEVICE", "", "", "PARTITIONS", "LINKED", "REMOVED")));
    long rows = view.nodes().stream().mapToLong(node -> node.devices().size()).sum();
    for (View.Node node : view.nodes()) {
      String ring = "%-13s".formatted(node.ring());
      String head =
          "  %-12s %s "
              .formatted(node.name(), node.current() ? style.good(ring) : style.warm(ring));
      if (rows > MOST_DEVICE_ROWS) {
        lines.add(head + row("all", node.done(), node.total(), linked(node), removed(node)));
        continue;
      }
      for (View.Device device : node.devices()) {
        lines.add(
            head
                + row(
                    device.name(), device.done(), device.total(), device.linked(), device.removed())
                + (device.state().equals("Failed") ? "  " + style.bad("Failed") : ""));
        head = "  %-12s %-13s ".formatted("", "");
      }
    }
    return lines;
  }

  private String row(String name, long done, long total, long linked, long removed) {
    return "%-7s %s %5s %13s %10s %10s"
        .formatted(
            name,
            style.bar(done, total, BAR),
            total == 0 ? "" : percent(done, total) + "%",
            total == 0 ? "" : done + "/" + total,
            linked == 0 ? "" : number(linked),
            removed == 0 ? "" : number(removed));
  }

  private static long linked(View.Node node) {
    return node.devices().stream().mapToLong(View.Device::linked).sum();
  }

  private static long removed(View.Node node) {
    return node.devices().stream().mapToLong(View.Device::removed).sum();
  }

  static long percent(long done, long total) {
    return total == 0 ? 0 : 100 * done / total;
  }

  static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  static String abridged(String md5) {
    return md5.length() <= 8 ? md5 : md5.substring(0, 8);
  }

  private static String minutes(Duration time) {
    return "%d:%02d".formatted(time.toMinutes(), time.toSecondsPart());
  }
}
