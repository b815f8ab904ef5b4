/**
 * Sees what is there and puts it into an {@link dev.ringlift.operator.plan.Observation}; changes
 * nothing. May depend on the Kubernetes client, the API types, {@code plan}, {@code recon} and
 * {@code store}.
 */
@NullMarked
package dev.ringlift.operator.observe;

import org.jspecify.annotations.NullMarked;
