package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.layout.FileName;
import dev.ringlift.relinker.layout.FileSet;
import dev.ringlift.relinker.layout.FileSetRules;
import dev.ringlift.relinker.layout.Name;
import dev.ringlift.relinker.posix.Listing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files of one hash dir as they were listed, and those of them that are left after obsolete
 * ones have been removed.
 */
final class HashDir {
  static final Comparator<Entry> LAST_NAME_FIRST = Comparator.comparing(Entry::name).reversed();

  /**
   * A file in a hash dir.
   *
   * @param name its name
   * @param parsed the name taken apart; null for one that is none of Swift's
   * @param inode its inode number as the listing has it
   * @param address where the name is in native memory, until the listing is read again
   */
  record Entry(Name name, @Nullable FileName parsed, long inode, long address) {}

  private final FileSetRules rules;
  private final Listing listing;
  private final List<Entry> entries = new ArrayList<>();

  HashDir(FileSetRules rules, Listing listing) {
    this.rules = rules;
    this.listing = listing;
  }

  /** Lists the directory: 0, or a negated error number. */
  int read(int fd) {
    entries.clear();
    int answer = listing.read(fd);
    for (int at = listing.first(); at >= 0; at = listing.next(at)) {
      byte[] name = listing.name(at);
      FileName parsed = rules.parse(name);
      entries.add(
          new Entry(
              parsed == null ? new Name(name) : parsed.name(),
              parsed,
              listing.inode(at),
              listing.nameAddress(at)));
    }
    if (entries.size() > 1) {
      entries.sort(LAST_NAME_FIRST);
    }
    return answer;
  }

  /** The hash dir that is not there, or that was made this moment. */
  void clear() {
    entries.clear();
  }

  /** What is left, last name first. */
  List<Entry> entries() {
    return entries;
  }

  /** The entry of this name, or null. */
  @Nullable Entry find(Name name) {
    int index = index(name);
    return index < 0 ? null : entries.get(index);
  }

  /** Forgets an entry whose file is gone. */
  void remove(Entry entry) {
    int index = index(entry.name());
    if (index >= 0) {
      entries.remove(index);
    }
  }

  /** By halves, for somebody may have put a hundred thousand files into a hash dir. */
  private int index(Name name) {
    int low = 0;
    int high = entries.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = name.compareTo(entries.get(middle).name());
      if (order == 0) {
        return middle;
      }
      if (order > 0) {
        high = middle - 1;
      } else {
        low = middle + 1;
      }
    }
    return -1;
  }

  /** What is left here and these others, each name once, last name first. */
  List<Entry> with(List<Entry> others) {
    if (entries.isEmpty()) {
      return others;
    }
    List<Entry> both = new ArrayList<>(entries);
    for (Entry other : others) {
      if (find(other.name()) == null) {
        both.add(other);
      }
    }
    both.sort(LAST_NAME_FIRST);
    return both;
  }

  /** Which of these files others among them supersede; a file that is alone is never. */
  Set<Name> obsolete(List<Entry> files) {
    if (files.size() == 1) {
      return Set.of();
    }
    Set<Name> obsolete = new HashSet<>();
    for (FileName file : rules.decide(parsed(files)).obsolete()) {
      obsolete.add(file.name());
    }
    return obsolete;
  }

  /** Decides over the files that are left. */
  FileSet decide() {
    return rules.decide(parsed(entries));
  }

  /** The names that could be taken apart, in the order given. */
  static List<FileName> parsed(List<Entry> entries) {
    List<FileName> files = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      if (entry.parsed() != null) {
        files.add(entry.parsed());
      }
    }
    return files;
  }
}
