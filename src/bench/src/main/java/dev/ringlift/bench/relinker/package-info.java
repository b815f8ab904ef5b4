/**
 * Relink and cleanup of whole nodes, timed beside swift-object-relinker. Each run is a process of
 * its own, start included.
 *
 * <p>May depend on the ring library and the testkit.
 */
@NullMarked
package dev.ringlift.bench.relinker;

import org.jspecify.annotations.NullMarked;
