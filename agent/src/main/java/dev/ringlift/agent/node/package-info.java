/**
 * What the node is: its devices, the rings that it sees and that its object server has, what
 * earlier increases left behind, and the StorageNode that says so. May depend on the API types, the
 * Kubernetes client, Swift's configuration, the ring library and the relinker library.
 */
@NullMarked
package dev.ringlift.agent.node;

import org.jspecify.annotations.NullMarked;
