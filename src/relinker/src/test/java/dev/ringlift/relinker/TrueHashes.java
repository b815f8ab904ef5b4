package dev.ringlift.relinker;

import dev.ringlift.relinker.layout.FileName;
import dev.ringlift.relinker.layout.FileSetRules;
import dev.ringlift.relinker.layout.HashesPickle;
import dev.ringlift.relinker.layout.Places;
import dev.ringlift.relinker.layout.SuffixDigest;
import dev.ringlift.relinker.layout.SuffixHash;
import dev.ringlift.relinker.layout.SuffixHashes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The suffix hashes of a tree as they are at this moment, from what is on it and nothing else; and
 * those that a reader would trust.
 */
final class TrueHashes {
  private final Path root;
  private final ObjectPolicy policy;

  TrueHashes(Path root, ObjectPolicy policy) {
    this.root = root;
    this.policy = policy;
  }

  /** Gives every partition the hashes that a replicator would have left. */
  void write() throws IOException {
    for (Path partition : partitions()) {
      SortedMap<Integer, Optional<SuffixHash>> known = new TreeMap<>();
      of(partition).forEach((suffix, hash) -> known.put(suffix, Optional.of(hash)));
      Files.write(
          partition.resolve("hashes.pkl"), HashesPickle.write(new SuffixHashes(true, 1, known)));
    }
  }

  /**
   * What a reader would believe and is not so: hashes of former contents, and suffixes that valid
   * hashes leave out.
   */
  List<String> wrong() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Path partition : partitions()) {
      Path pickle = partition.resolve("hashes.pkl");
      SuffixHashes read =
          Files.exists(pickle)
              ? HashesPickle.read(Files.readAllBytes(pickle))
              : SuffixHashes.invalid();
      if (!read.valid()) {
        continue;
      }
      List<String> forgotten = invalidated(pickle);
      SortedMap<Integer, SuffixHash> truth = of(partition);
      SortedMap<Integer, SuffixHash> trusted = trusted(pickle, read);
      trusted.forEach(
          (suffix, hash) -> {
            if (!hash.equals(truth.get(suffix))) {
              wrong.add("%s %03x: %s".formatted(root.relativize(partition), suffix, hash));
            }
          });
      truth.forEach(
          (suffix, hash) -> {
            boolean named =
                read.bySuffix().containsKey(suffix)
                    || forgotten.contains(Places.suffixName(suffix));
            if (!named) {
              wrong.add("%s %03x: left out".formatted(root.relativize(partition), suffix));
            }
          });
    }
    return wrong;
  }

  /** The hashes in a valid {@code hashes.pkl} that nothing beside it marks as not known. */
  static SortedMap<Integer, SuffixHash> trusted(Path pickle, SuffixHashes read) throws IOException {
    SortedMap<Integer, SuffixHash> known = new TreeMap<>();
    if (read.valid()) {
      List<String> forgotten = invalidated(pickle);
      read.bySuffix()
          .forEach(
              (suffix, hash) -> {
                if (!forgotten.contains(Places.suffixName(suffix))) {
                  hash.ifPresent(value -> known.put(suffix, value));
                }
              });
    }
    return known;
  }

  private static List<String> invalidated(Path pickle) throws IOException {
    Path invalid = pickle.resolveSibling("hashes.invalid");
    return Files.exists(invalid) ? Files.readAllLines(invalid) : List.of();
  }

  private SortedMap<Integer, SuffixHash> of(Path partition) throws IOException {
    SortedMap<Integer, SuffixHash> hashes = new TreeMap<>();
    for (Path suffix : directories(partition)) {
      byte[] name = suffix.getFileName().toString().getBytes(StandardCharsets.UTF_8);
      SuffixDigest digest = new SuffixDigest(policy.kind()).begin();
      boolean any = false;
      for (Path hashDir : directories(suffix)) {
        List<FileName> files = files(hashDir);
        any |= !files.isEmpty();
        digest.add(new FileSetRules(policy).decide(files));
      }
      if (any) {
        hashes.put(Places.suffixNumber(name), digest.finish());
      }
    }
    return hashes;
  }

  private List<FileName> files(Path hashDir) throws IOException {
    FileSetRules rules = new FileSetRules(policy);
    List<FileName> files = new ArrayList<>();
    try (Stream<Path> list = Files.list(hashDir)) {
      for (String name : list.map(each -> each.getFileName().toString()).toList()) {
        FileName parsed = rules.parse(name.getBytes(StandardCharsets.UTF_8));
        if (parsed != null) {
          files.add(parsed);
        }
      }
    }
    files.sort(Comparator.comparing(FileName::name).reversed());
    return files;
  }

  private List<Path> partitions() throws IOException {
    List<Path> partitions = new ArrayList<>();
    for (Path device : directories(root)) {
      partitions.addAll(directories(device.resolve(policy.dataDir())));
    }
    return partitions;
  }

  private static List<Path> directories(Path directory) throws IOException {
    try (Stream<Path> list = Files.list(directory)) {
      return list.filter(Files::isDirectory).sorted().toList();
    }
  }
}
