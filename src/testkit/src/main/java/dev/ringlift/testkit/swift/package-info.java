/**
 * Real Swift (release 2.38.3, or another on request): its commands, and its own Python code asked
 * for what it makes of rings, builders and device trees. The judge of what Ringlift does.
 */
@NullMarked
package dev.ringlift.testkit.swift;

import org.jspecify.annotations.NullMarked;
