package dev.ringlift.e2e.story;

import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.Machine;
import dev.ringlift.testkit.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What a whole cluster says of itself when a story has gone wrong, so that nobody has to guess. */
final class ClusterReport {
  private static final int LOG_LINES = 25;

  private final ApiServer server;
  private final String namespace;
  private final StringBuilder text = new StringBuilder();

  private ClusterReport(ApiServer server, String namespace) {
    this.server = server;
    this.namespace = namespace;
  }

  /** Increases, tasks, nodes, pods and events of a namespace, and the end of each pod's log. */
  static String of(ApiServer server, String namespace, List<Machine> machines) {
    ClusterReport report = new ClusterReport(server, namespace);
    report.kubectl("get", "nodes", "-o", "wide");
    report.kubectl("get", "pods", "-o", "wide");
    report.kubectl("get", "ppi", "-o", "yaml");
    report.kubectl("get", "relinktasks,storagenodes,leases", "-o", "wide");
    report.kubectl("get", "events", "--sort-by=.lastTimestamp");
    machines.forEach(report::addLogs);
    return report.text.toString();
  }

  private void kubectl(String... arguments) {
    List<String> words = server.kubectlCommand(arguments);
    Command.Result result =
        Command.of(Stream.concat(words.stream(), Stream.of("-n", namespace)).toList()).run();
    add("kubectl " + String.join(" ", Arrays.asList(arguments)), result.out() + result.err());
  }

  private void addLogs(Machine machine) {
    add("end of " + machine.log(), end(machine.log()));
    if (!Files.isDirectory(machine.podLogs())) {
      return;
    }
    try (Stream<Path> files = Files.walk(machine.podLogs())) {
      for (Path log : files.filter(Files::isRegularFile).sorted().toList()) {
        add("end of " + machine.podLogs().relativize(log) + " on " + machine.name(), end(log));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String end(Path log) {
    try {
      List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    } catch (IOException e) {
      return "can't be read: " + e;
    }
  }

  private void add(String title, String content) {
    text.append("== ").append(title).append('\n').append(content).append("\n\n");
  }
}
