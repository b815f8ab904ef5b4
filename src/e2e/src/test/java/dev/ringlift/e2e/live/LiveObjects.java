package dev.ringlift.e2e.live;

import dev.ringlift.e2e.live.Content.Present;
import dev.ringlift.testkit.swift.Found;
import dev.ringlift.testkit.swift.Operation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The objects that clients work on. Most of those that are kept by replication are there from the
 * beginning, written an hour ago: some with later metadata, some deleted again. Of the others,
 * nobody has written any yet.
 */
final class LiveObjects {
  /** The container whose objects are kept by replication. */
  static final String REPLICATED = "gold";

  /** The container whose objects are kept by erasure coding. */
  static final String CODED = "silver";

  /** Before each path, where Swift itself names an object. */
  static final String ACCOUNT = "/AUTH_live/";

  private final List<LiveObject> all = new ArrayList<>();
  private final List<Operation> operations = new ArrayList<>();
  private final Map<String, LiveObject> replicated = new TreeMap<>();
  private final Map<String, LiveObject> coded = new TreeMap<>();

  /** So many of each. */
  LiveObjects(int replicatedCount, int codedCount) {
    long begin = Instant.now().getEpochSecond() - 3600;
    for (int number = 0; number < replicatedCount; number++) {
      LiveObject object = new LiveObject(REPLICATED, "object-%05d".formatted(number));
      replicated.put(ACCOUNT + object.path(), object);
      all.add(object);
      if (number % 10 != 0) {
        write(object, number % 10, begin, number);
      }
    }
    for (int number = 0; number < codedCount; number++) {
      LiveObject object = new LiveObject(CODED, "object-%05d".formatted(number));
      coded.put(ACCOUNT + object.path(), object);
      all.add(object);
    }
  }

  private void write(LiveObject object, int kind, long begin, int number) {
    String path = ACCOUNT + object.path();
    String body = object.nextBody();
    operations.add(Operation.put(path, at(begin, number), body));
    object.promise(new Present(body, ""));
    if (kind == 1) {
      operations.add(Operation.delete(path, at(begin + 60, number)));
      object.promise(Content.ABSENT);
    } else if (kind == 2) {
      Map<String, String> colour = Map.of(LiveClient.COLOUR, "blue");
      operations.add(Operation.post(path, at(begin + 120, number), colour));
      object.promise(new Present(body, "blue"));
    }
  }

  private static String at(long second, int number) {
    return String.format(Locale.ROOT, "%d.%05d", second, number);
  }

  List<LiveObject> all() {
    return all;
  }

  /** Those that are kept by erasure coding, by the names that Swift has for them. */
  Map<String, LiveObject> coded() {
    return coded;
  }

  /** What was done to them an hour ago. */
  List<Operation> operations() {
    return operations;
  }

  /** A question for each that is kept by replication. */
  List<Operation> questions() {
    return replicated.keySet().stream().map(path -> Operation.delete(path, "0")).toList();
  }

  /** What is wrong of what a disk holds of one of them; empty if it is as promised. */
  String wrong(Found found) {
    LiveObject object = replicated.get(found.object());
    if (object == null) {
      return found.object() + " is none of ours";
    }
    Content content =
        found.state().equals("present")
            ? new Present(
                String.valueOf(found.body()), found.metadata().getOrDefault(LiveClient.COLOUR, ""))
            : Content.ABSENT;
    return object.mayBe(content)
        ? ""
        : "%s on %s/%s: promised %s, found %s"
            .formatted(object, found.root(), found.device(), object.promised(), content);
  }
}
