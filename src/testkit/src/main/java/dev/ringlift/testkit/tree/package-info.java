/**
 * Device trees in Swift's on-disk layout, many objects fast, made and checked without Swift. Needs
 * only the JDK; where an object belongs is the caller's to say, so that a check does not rest on
 * the code that is checked.
 */
@NullMarked
package dev.ringlift.testkit.tree;

import org.jspecify.annotations.NullMarked;
