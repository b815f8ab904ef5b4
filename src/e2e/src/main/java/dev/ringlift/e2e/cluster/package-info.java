/**
 * A Swift cluster on one machine, as far as Ringlift sees it: an API server, storage nodes with
 * devices and ring directories, somebody who plays the kubelet for the rings, and operator and
 * agents as the processes that they are in a cluster. Used by the demo and by the end-to-end tests.
 * May depend on the API types, the ring library and the testkit; on neither operator nor agent,
 * which are started from their jars.
 */
@NullMarked
package dev.ringlift.e2e.cluster;

import org.jspecify.annotations.NullMarked;
