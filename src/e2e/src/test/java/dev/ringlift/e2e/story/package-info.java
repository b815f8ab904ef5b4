/**
 * Whole increases on real parts, a story each: a real API server, operator and agents as processes,
 * rings and trees by real Swift, which is also the judge of what came out.
 */
@NullMarked
package dev.ringlift.e2e.story;

import org.jspecify.annotations.NullMarked;
