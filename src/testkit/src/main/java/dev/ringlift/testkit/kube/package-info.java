/**
 * A real Kubernetes for tests and the demo: an API server alone, or a whole cluster with nodes.
 * Needs the fabric8 client, and JUnit for its extension.
 */
@NullMarked
package dev.ringlift.testkit.kube;

import org.jspecify.annotations.NullMarked;
