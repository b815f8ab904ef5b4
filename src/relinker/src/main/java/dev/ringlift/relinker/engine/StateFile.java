package dev.ringlift.relinker.engine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.ringlift.relinker.RelinkRequest;
import dev.ringlift.relinker.RunIdentity;
import dev.ringlift.relinker.layout.Places;
import dev.ringlift.relinker.posix.Errno;
import dev.ringlift.relinker.posix.Posix;
import dev.ringlift.relinker.posix.PosixException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * {@code relink.<datadir>.json} on a device: which partitions of a step are done. Swift's keys
 * ({@code part_power, next_part_power, state, prev_part_power}; {@code swift/cli/relinker.py}), so
 * that either tool goes on where the other stopped; beside them our own under {@code ringlift},
 * which Swift ignores: the ring's version and the increase that the state belongs to.
 *
 * <p>Written by temporary file, fsync and rename, after the whole file system has been synced.
 * Invariant: what the file at that path calls done is on disk, links, removals and suffix hashes
 * alike, whatever crashes and whenever.
 */
final class StateFile {
  /** Partitions that a state file may name; one with more is none of ours or Swift's. */
  private static final int MOST_PARTITIONS = 1 << 22;

  /** Characters of a text; the longest that we write names an increase. */
  private static final int LONGEST_TEXT = 4096;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          // The names are partitions' numbers, none of which comes twice.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(LONGEST_TEXT).build())
          .build();

  /**
   * State that may be trusted.
   *
   * @param partitions each partition of the step, and whether it is done; empty when there is none
   *     to go on from
   * @param previousPower when the state was of the same next power but another power: that one;
   *     hash dirs from then on are at their place
   */
  record Loaded(PartitionStates partitions, OptionalInt previousPower) {
    static final Loaded NOTHING = new Loaded(PartitionStates.NONE, OptionalInt.empty());
  }

  /** What any state file says, without asking whether it is to be trusted. */
  record Contents(
      int partPower,
      int nextPartPower,
      OptionalInt previousPower,
      PartitionStates partitions,
      Optional<Ours> ours) {
    Optional<Long> ringVersion() {
      return ours.flatMap(Ours::ringVersion);
    }

    Optional<RunIdentity> identity() {
      return ours.flatMap(Ours::identity);
    }
  }

  /** What Ringlift alone writes. */
  record Ours(Optional<Long> ringVersion, Optional<RunIdentity> identity) {}

  private final int device;
  private final RelinkRequest request;

  StateFile(int device, RelinkRequest request) {
    this.device = device;
    this.request = request;
  }

  static String name(String dataDir) {
    return "relink." + dataDir + ".json";
  }

  static String temporaryName(String dataDir) {
    return ".relink." + dataDir + ".json.tmp";
  }

  static String lockName(String dataDir) {
    return ".relink." + dataDir + ".lock";
  }

  /**
   * Reads the state; a file that is of no use for this run is removed, so that Swift does not trust
   * it later either.
   */
  Loaded load(Posix posix) throws PosixException {
    long name = posix.name(name(request.policy().dataDir()));
    int fd = posix.open(device, name, Posix.O_RDONLY, 0);
    if (fd == -Errno.ENOENT) {
      return Loaded.NOTHING;
    }
    Loaded loaded = Loaded.NOTHING;
    if (fd != -Errno.ELOOP) {
      PosixException.check("open " + name(request.policy().dataDir()), fd);
      try {
        long modified = posix.statModifiedNanos();
        loaded = judge(parse(posix, fd), modified);
      } finally {
        posix.close(fd);
      }
    }
    if (loaded.partitions().isEmpty() && !request.dryRun()) {
      int answer = posix.unlink(device, name);
      if (answer != -Errno.ENOENT) {
        PosixException.check("remove the state file", answer);
      }
    }
    return loaded;
  }

  /**
   * Decides what of the file may be trusted; the class comment of {@link RelinkRequest} has the
   * rules.
   */
  private Loaded judge(Optional<Contents> parsed, long modifiedNanos) {
    if (parsed.isEmpty() || parsed.get().nextPartPower() != request.nextPartPower()) {
      return Loaded.NOTHING;
    }
    Contents contents = parsed.get();
    boolean sameRun =
        request.identity().isEmpty() || request.identity().equals(contents.identity());
    if (contents.partPower() != request.partPower()) {
      return new Loaded(
          PartitionStates.NONE,
          sameRun && isOfTheStepBefore(contents)
              ? OptionalInt.of(contents.partPower())
              : OptionalInt.empty());
    }
    boolean sameVersion =
        request.ringVersion().isEmpty()
            || contents.ours().isEmpty()
            || request.ringVersion().equals(contents.ringVersion());
    // By hand a builder may have been restored, and has then come to the same version again. An
    // increase cannot be that of another ring, and its ring's file may be written anew.
    boolean younger =
        request.ringModified().isEmpty()
            || (contents.ours().isPresent() && request.identity().isPresent())
            || modifiedNanos >= nanos(request.ringModified().get());
    return sameRun && sameVersion && younger
        ? new Loaded(contents.partitions(), previousPower(contents))
        : Loaded.NOTHING;
  }

  /**
   * The power before, as far as it can be true: an increase is by one. By any other, partitions
   * would be passed over.
   */
  private static OptionalInt previousPower(Contents contents) {
    return contents.previousPower().equals(OptionalInt.of(contents.nextPartPower() - 1))
        ? contents.previousPower()
        : OptionalInt.empty();
  }

  /**
   * Whether it is the state of the relinking that this step follows. Partitions beyond that power
   * are then passed over, so where it may be another's, all of them are walked: an increase is by
   * one, and makes the next version of the ring.
   */
  private boolean isOfTheStepBefore(Contents contents) {
    boolean nextVersion =
        request.ringVersion().isEmpty()
            || contents.ringVersion().isEmpty()
            || contents.ringVersion().get() + 1 == request.ringVersion().get();
    return contents.partPower() + 1 == contents.nextPartPower() && nextVersion;
  }

  private static long nanos(Instant instant) {
    return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
  }

  /** Syncs the file system, and writes the state. */
  void save(Posix posix, PartitionTable table, OptionalInt previousPower) throws PosixException {
    long name = posix.name(name(request.policy().dataDir()));
    long temporaryName = posix.name(temporaryName(request.policy().dataDir()));
    BitSet done = table.done();
    PosixException.check("sync the device", posix.syncFileSystem(device));
    int flags = Posix.O_WRONLY | Posix.O_CREAT | Posix.O_TRUNC;
    int fd =
        PosixException.check(
            "write " + temporaryName(request.policy().dataDir()),
            posix.open(device, temporaryName, flags, 0666));
    try {
      posix.write(fd, encode(table.numbers(), done, previousPower));
      PosixException.check("sync the state file", posix.fsync(fd));
    } finally {
      posix.close(fd);
    }
    PosixException.check(
        "put the state file in place", posix.rename(device, temporaryName, device, name));
    PosixException.check("sync the device's directory", posix.fsync(device));
  }

  private byte[] encode(long[] numbers, BitSet done, OptionalInt previousPower) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(128 + numbers.length * 16);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeNumberField("part_power", request.partPower());
      json.writeNumberField("next_part_power", request.nextPartPower());
      json.writeObjectFieldStart("state");
      for (int i = numbers.length - 1; i >= 0; i--) {
        json.writeBooleanField(Long.toString(numbers[i]), done.get(i));
      }
      json.writeEndObject();
      if (previousPower.isPresent()) {
        json.writeNumberField("prev_part_power", previousPower.getAsInt());
      }
      writeOurs(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail to be written", e);
    }
    return out.toByteArray();
  }

  private void writeOurs(JsonGenerator json) throws IOException {
    if (request.ringVersion().isEmpty() && request.identity().isEmpty()) {
      return;
    }
    json.writeObjectFieldStart("ringlift");
    if (request.ringVersion().isPresent()) {
      json.writeNumberField("ring_version", request.ringVersion().get());
    }
    if (request.identity().isPresent()) {
      json.writeStringField("increase", request.identity().get().increase());
      json.writeNumberField("cycle", request.identity().get().cycle());
      json.writeNumberField("round", request.identity().get().round());
      json.writeStringField("step", request.step().swiftName());
    }
    json.writeEndObject();
  }

  /** Takes a state file apart, from where the descriptor stands; empty when it is broken. */
  static Optional<Contents> parse(Posix posix, int fd) throws PosixException {
    DescriptorInput input = new DescriptorInput(posix, fd);
    try (JsonParser json = JSON.createParser(input)) {
      return json.nextToken() == JsonToken.START_OBJECT ? contents(json) : Optional.empty();
    } catch (IOException e) {
      input.check();
      return Optional.empty();
    }
  }

  private static Optional<Contents> contents(JsonParser json) throws IOException {
    OptionalInt power = OptionalInt.empty();
    OptionalInt next = OptionalInt.empty();
    OptionalInt previous = OptionalInt.empty();
    PartitionStates partitions = null;
    Optional<Ours> ours = Optional.empty();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      switch (name) {
        case "part_power" -> power = integer(json, value);
        case "next_part_power" -> next = integer(json, value);
        case "prev_part_power" -> previous = integer(json, value);
        case "state" -> partitions = partitions(json, value);
        case "ringlift" -> ours = ours(json, value);
        default -> json.skipChildren();
      }
    }
    if (power.isEmpty() || next.isEmpty() || partitions == null) {
      return Optional.empty();
    }
    return Optional.of(new Contents(power.getAsInt(), next.getAsInt(), previous, partitions, ours));
  }

  /**
   * Takes our own object apart; what is no number and no text where one should be counts as 0, or
   * as not there.
   */
  private static Optional<Ours> ours(JsonParser json, JsonToken start) throws IOException {
    if (start != JsonToken.START_OBJECT) {
      json.skipChildren();
      return Optional.empty();
    }
    Optional<Long> version = Optional.empty();
    String increase = "";
    int cycle = 0;
    int round = 0;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      switch (name) {
        case "ring_version" ->
            version =
                value == JsonToken.VALUE_NUMBER_INT
                    ? Optional.of(json.getLongValue())
                    : Optional.empty();
        case "increase" -> increase = value == JsonToken.VALUE_STRING ? json.getText() : "";
        case "cycle" -> cycle = integer(json, value).orElse(0);
        case "round" -> round = integer(json, value).orElse(0);
        default -> {
          // The step is for people.
        }
      }
      json.skipChildren();
    }
    return Optional.of(
        new Ours(
            version,
            increase.isBlank()
                ? Optional.empty()
                : Optional.of(new RunIdentity(increase, cycle, round))));
  }

  private static OptionalInt integer(JsonParser json, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_NUMBER_INT && json.getNumberType() == JsonParser.NumberType.INT) {
      return OptionalInt.of(json.getIntValue());
    }
    json.skipChildren();
    return OptionalInt.empty();
  }

  /** Null for what are no states of partitions. */
  private static @Nullable PartitionStates partitions(JsonParser json, JsonToken start)
      throws IOException {
    if (start != JsonToken.START_OBJECT) {
      json.skipChildren();
      return null;
    }
    PartitionStates.Collector partitions = new PartitionStates.Collector();
    boolean right = true;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      long number = Places.partitionNumber(json.currentName().getBytes(StandardCharsets.UTF_8));
      JsonToken value = json.nextToken();
      right &= number >= 0 && value.isBoolean() && partitions.size() < MOST_PARTITIONS;
      if (right) {
        partitions.add(number, value == JsonToken.VALUE_TRUE);
      } else {
        json.skipChildren();
      }
    }
    return right ? partitions.finish() : null;
  }
}
