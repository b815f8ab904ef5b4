/**
 * Which module and package may use which: design rules, held by ArchUnit against the compiled
 * classes.
 */
@NullMarked
package dev.ringlift.e2e.architecture;

import org.jspecify.annotations.NullMarked;
