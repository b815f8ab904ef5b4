package dev.ringlift.e2e.story;

import dev.ringlift.testkit.swift.Operation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What clients did before an increase began: objects put, some of them overwritten, some with later
 * metadata, some deleted. All of it in the last hour, so that no tombstone is old enough to be
 * reclaimed.
 */
final class SwiftObjects {
  private final List<Operation> operations = new ArrayList<>();
  private final List<Expected> expected = new ArrayList<>();
  private final Instant begin = Instant.now().minusSeconds(3600);

  /**
   * What has to be found of an object.
   *
   * @param timestamp of the newest of its files
   * @param colour of its metadata, empty if it has none
   */
  record Expected(Operation object, boolean deleted, String timestamp, String body, String colour) {

    String path() {
      return object.path();
    }
  }

  SwiftObjects(int count) {
    for (int number = 0; number < count; number++) {
      String path = "/AUTH_test/container/object-%d-\u00fc".formatted(number);
      String body = "body of " + path;
      Operation put = Operation.put(path, at(0, number), body);
      operations.add(put);
      switch (number % 10) {
        case 0 -> {
          Operation delete = Operation.delete(path, at(1, number));
          operations.add(delete);
          expected.add(new Expected(put, true, delete.timestamp(), "", ""));
        }
        case 1 -> {
          operations.add(
              Operation.post(path, at(2, number), Map.of("X-Object-Meta-Colour", "blue")));
          expected.add(new Expected(put, false, at(2, number), body, "blue"));
        }
        case 2 -> {
          Operation again = Operation.put(path, at(3, number), body + ", again");
          operations.add(again);
          expected.add(new Expected(put, false, again.timestamp(), again.body(), ""));
        }
        default -> expected.add(new Expected(put, false, put.timestamp(), body, ""));
      }
    }
  }

  private String at(int minute, int number) {
    return String.format(Locale.ROOT, "%d.%05d", begin.getEpochSecond() + 60L * minute, number);
  }

  /** In the order in which they were done. */
  List<Operation> operations() {
    return operations;
  }

  List<Expected> expected() {
    return expected;
  }
}
