/**
 * Where rings and their builders are kept. The only place that reads or writes them; may depend on
 * the Kubernetes client, the ring library and the types of {@code plan}.
 */
@NullMarked
package dev.ringlift.operator.store;

import org.jspecify.annotations.NullMarked;
