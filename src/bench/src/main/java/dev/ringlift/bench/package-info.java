/**
 * What the benchmarks share: processes are run and measured from outside. May depend on the
 * testkit.
 */
@NullMarked
package dev.ringlift.bench;

import org.jspecify.annotations.NullMarked;
