/**
 * How the operator fares with thousands of nodes: a real operator process on a real API server, and
 * agents that only say that they work. May depend on the API types, the ring library, the
 * Kubernetes client and the testkit.
 */
@NullMarked
package dev.ringlift.bench.scale;

import org.jspecify.annotations.NullMarked;
