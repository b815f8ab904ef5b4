/**
 * One node's share of a partition power increase, as a library: relink and cleanup of the devices
 * under a devices root, their inventory, and what a run leaves behind.
 *
 * <p>The types here are the public face: {@link dev.ringlift.relinker.Relinker} starts a {@link
 * dev.ringlift.relinker.RelinkRun} from a {@link dev.ringlift.relinker.RelinkRequest}; {@link
 * dev.ringlift.relinker.Inventory} says what devices there are. The packages below hold the work.
 * Depends on the JDK and Jackson; on no Kubernetes, no Quarkus and no other Ringlift module.
 */
@NullMarked
package dev.ringlift.relinker;

import org.jspecify.annotations.NullMarked;
