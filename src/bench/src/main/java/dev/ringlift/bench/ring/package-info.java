/**
 * Transitions of rings as files, timed beside swift-ring-builder. Each run is a process of its own,
 * start included, since that is how both are used.
 *
 * <p>May depend on the ring library and the testkit.
 */
@NullMarked
package dev.ringlift.bench.ring;

import org.jspecify.annotations.NullMarked;
