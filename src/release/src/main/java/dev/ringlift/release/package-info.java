/**
 * What is told of a release beside its programs: what they are made of, and under which licences.
 * Uses Jackson, and nothing of Ringlift.
 */
@NullMarked
package dev.ringlift.release;

import org.jspecify.annotations.NullMarked;
