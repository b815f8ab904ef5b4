package dev.ringlift.e2e.live;

import dev.ringlift.e2e.live.LiveClient.Answer;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** What became of all requests: how many there were, and each that did not go as it should. */
final class Ledger {
  /** What requests are counted under before an increase is there. */
  static final String BASELINE = "baseline";

  private final Map<String, LongAdder> requests = new ConcurrentHashMap<>();
  private final Map<String, Queue<String>> failures = new ConcurrentHashMap<>();
  private final Queue<Contradiction> contradictions = new ConcurrentLinkedQueue<>();
  private volatile String time = BASELINE;

  /** Requests are counted under this name from now on. */
  void during(String name) {
    time = name;
  }

  /** An answer came, or none. */
  void count(String request, LiveObject object, Answer answer) {
    requests.computeIfAbsent(time, name -> new LongAdder()).increment();
    if (answer.failed()) {
      failures
          .computeIfAbsent(time, name -> new ConcurrentLinkedQueue<>())
          .add(
              "%s: %s %s: %s, transaction %s"
                  .formatted(time, request, object, answer, answer.transaction()));
    }
  }

  void contradiction(Contradiction found) {
    contradictions.add(found);
  }

  List<Contradiction> contradictions() {
    return List.copyOf(contradictions);
  }

  /** Requests before the increase. */
  long baselineRequests() {
    return requests.getOrDefault(BASELINE, new LongAdder()).sum();
  }

  /** Requests since then. */
  long laterRequests() {
    return requests.values().stream().mapToLong(LongAdder::sum).sum() - baselineRequests();
  }

  /** Requests before the increase that no server could answer. */
  List<String> baselineFailures() {
    return List.copyOf(failures.getOrDefault(BASELINE, new ConcurrentLinkedQueue<>()));
  }

  /** Requests since then that no server could answer. */
  List<String> laterFailures() {
    return failures.entrySet().stream()
        .filter(entry -> !entry.getKey().equals(BASELINE))
        .flatMap(entry -> entry.getValue().stream())
        .toList();
  }

  /** All figures in a line. */
  @Override
  public String toString() {
    String counts =
        new TreeMap<>(requests)
            .entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue().sum())
                .collect(Collectors.joining(", "));
    return "requests: %d after the baseline (%s); failed: %d, in the baseline %d; contradictions: %d"
        .formatted(
            laterRequests(),
            counts,
            laterFailures().size(),
            baselineFailures().size(),
            contradictions.size());
  }
}
