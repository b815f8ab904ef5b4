package dev.ringlift.relinker;

import java.util.Locale;

/** The two steps of a partition power increase that touch the disks. */
public enum Step {
  /** Makes a hard link at the new place of every file; the ring has next = power + 1. */
  RELINK,
  /** Removes what the new power no longer needs, twin by twin; the ring has next = power. */
  CLEANUP;

  /**
   * The word that swift-object-relinker uses, in its command line and in recon: {@code relink} or
   * {@code cleanup}.
   */
  public String swiftName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
