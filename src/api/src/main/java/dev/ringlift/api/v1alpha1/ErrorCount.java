package dev.ringlift.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;

/**
 * How many errors of a kind there are.
 *
 * @param kind what they are about
 * @param count how many, more than none
 */
public record ErrorCount(
    @JsonPropertyDescription(
            "What they are about. Io: the device fails. Full: no space, inode or quota is left. ReadOnly: so is the file system. Permission: the agent may not. Collision: another file has the name at the new place. Leftover: of an earlier increase. Links: verification finds a link missing, or one too many. Strange: what Swift does not make, as a symbolic link. Unavailable: the device is missing, not mounted, or locked. Other: whatever else.")
        @Required
        Kind kind,
    @JsonPropertyDescription("How many.") @Required @Min(1) long count) {

  /** What an error is about: few kinds, by what a person would do about them. */
  public enum Kind {
    /** The device fails: read or write errors, a broken file system, gone. */
    Io,
    /** No space, no inode or no quota is left. */
    Full,
    /** The file system is read-only: by a kernel that found it broken, often. */
    ReadOnly,
    /** The agent may not do it. */
    Permission,
    /** Another file has a file's name at the new place. */
    Collision,
    /** Left behind by an earlier increase. */
    Leftover,
    /** A verification finds a link missing, or one too many. */
    Links,
    /** Something that Swift does not make: a symbolic link, a file in place of a directory. */
    Strange,
    /** The device is missing, not mounted, or locked by another process. */
    Unavailable,
    /** Whatever else. */
    Other
  }
}
