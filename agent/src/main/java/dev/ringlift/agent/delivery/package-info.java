/**
 * {@code HostPath} delivery: brings rings from ConfigMaps into the node's ring directory. May
 * depend on {@code contact} and {@code node}, the API types, the Kubernetes client and the ring
 * library.
 */
@NullMarked
package dev.ringlift.agent.delivery;

import org.jspecify.annotations.NullMarked;
