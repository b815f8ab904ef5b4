/**
 * Linux system calls by the Foreign Function and Memory API, and nothing else: the only package of
 * Ringlift that holds native calls. Depends on the JDK alone.
 *
 * <p>Calls answer as the kernel does: a value of 0 or more, or the negated error number; nothing on
 * the hot path allocates or throws. Names are addresses of NUL-terminated bytes in native memory,
 * so that a name read from a directory is handed on without ever becoming a {@code String}: Swift's
 * file names may be any bytes.
 */
@NullMarked
package dev.ringlift.relinker.posix;

import org.jspecify.annotations.NullMarked;
