/**
 * A real Kubernetes API server for tests and the demo. Needs the fabric8 client, and JUnit for its
 * extension.
 */
@NullMarked
package dev.ringlift.testkit.kube;

import org.jspecify.annotations.NullMarked;
