package dev.ringlift.relinker.posix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Listings are whole, however the kernel cuts them, and whatever marks their end. */
class ListingTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 20, 60, 70, 3000})
  void everyEntryIsListedOnce(int entries) throws IOException {
    List<String> names = make(entries);

    try (Posix posix = new Posix()) {
      assertThat(list(posix)).containsExactlyInAnyOrderElementsOf(names);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 20, 60, 70})
  void aReadThatASignalCutShortIsNotTakenForTheEnd(int entries) throws IOException {
    List<String> names = make(entries);

    try (Posix posix = new CutShort()) {
      assertThat(list(posix)).containsExactlyInAnyOrderElementsOf(names);
    }
  }

  private List<String> make(int entries) throws IOException {
    List<String> names = IntStream.range(0, entries).mapToObj(each -> "entry-" + each).toList();
    for (String name : names) {
      Files.createFile(directory.resolve(name));
    }
    return names;
  }

  private List<String> list(Posix posix) {
    try (Listing listing = new Listing(posix, 4096)) {
      listing.trustEndMarks();
      int fd = posix.openDirectoryFollowing(Posix.AT_FDCWD, posix.name(directory.toString()));
      assertThat(listing.read(fd)).isZero();
      posix.close(fd);
      List<String> names = new ArrayList<>();
      for (int at = listing.first(); at >= 0; at = listing.next(at)) {
        names.add(new String(listing.name(at), UTF_8));
      }
      return names;
    }
  }

  /** The kernel stops between two entries when a signal waits for the thread. */
  private static final class CutShort extends Posix {
    private static final int ROOM_FOR_TWO = 80;

    @Override
    public int getdents(int fd, long address, long size) {
      return super.getdents(fd, address, Math.min(size, ROOM_FOR_TWO));
    }
  }
}
