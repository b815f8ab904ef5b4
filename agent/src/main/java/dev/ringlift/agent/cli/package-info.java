/**
 * The command line {@code bin/ringlift}: relink and cleanup by hand, as swift-object-relinker does
 * them, and the transitions of rings, as swift-ring-builder does them. A plain main; nothing of
 * Quarkus or Kubernetes is loaded. May depend on the ring and relinker libraries and picocli.
 */
@NullMarked
package dev.ringlift.agent.cli;

import org.jspecify.annotations.NullMarked;
