/**
 * What {@code bin/demo} shows: one doubling of a live ring's partition power, from an empty folder
 * to every object checked. May depend on the cluster harness, the testkit, the API types and the
 * ring library.
 */
@NullMarked
package dev.ringlift.e2e.demo;

import org.jspecify.annotations.NullMarked;
