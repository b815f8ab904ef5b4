package dev.ringlift.relinker.engine;

import dev.ringlift.relinker.posix.Listing;
import dev.ringlift.relinker.posix.PathBuffer;
import dev.ringlift.relinker.posix.Posix;
import java.util.List;
import java.util.function.Supplier;

/**
 * What one worker thread works with: its system calls, and native memory for listings and names
 * that is used over and over. Not to be shared between threads.
 */
final class Tools implements AutoCloseable {
  final Posix posix;

  /**
   * Listings by level, so that a level's entries stay readable while the levels below are walked.
   */
  final Listing partitions;

  final Listing suffixes;
  final Listing hashes;
  final Listing oldFiles;
  final Listing newFiles;

  /** Listings for hashing a suffix while the ones above are in use. */
  final Listing otherSuffixes;

  final Listing otherHashes;
  final Listing otherFiles;

  final PathBuffer path;
  final PathBuffer otherPath;

  final long dot;
  final long lock;
  final long lockReplication;
  final long hashesPickle;
  final long hashesPickleTemporary;
  final long hashesInvalid;

  Tools(Supplier<Posix> source) {
    posix = source.get();
    partitions = new Listing(posix, 64 * 1024);
    suffixes = new Listing(posix, 64 * 1024);
    hashes = new Listing(posix, 16 * 1024);
    oldFiles = new Listing(posix, 16 * 1024);
    newFiles = new Listing(posix, 16 * 1024);
    otherSuffixes = new Listing(posix, 64 * 1024);
    otherHashes = new Listing(posix, 16 * 1024);
    otherFiles = new Listing(posix, 16 * 1024);
    path = new PathBuffer(posix);
    otherPath = new PathBuffer(posix);
    dot = posix.name(".");
    lock = posix.name(".lock");
    lockReplication = posix.name(".lock-replication");
    hashesPickle = posix.name("hashes.pkl");
    hashesPickleTemporary = posix.name(".hashes.pkl.tmp");
    hashesInvalid = posix.name("hashes.invalid");
  }

  /**
   * The file system that is listed from now on is one of those that mark the end of a directory.
   */
  void trustEndMarks() {
    for (Listing each :
        List.of(suffixes, hashes, oldFiles, newFiles, otherSuffixes, otherHashes, otherFiles)) {
      each.trustEndMarks();
    }
  }

  /** Closes the descriptor when there is one. */
  void close(int fd) {
    if (fd >= 0) {
      posix.close(fd);
    }
  }

  @Override
  public void close() {
    partitions.close();
    suffixes.close();
    hashes.close();
    oldFiles.close();
    newFiles.close();
    otherSuffixes.close();
    otherHashes.close();
    otherFiles.close();
    posix.close();
  }
}
