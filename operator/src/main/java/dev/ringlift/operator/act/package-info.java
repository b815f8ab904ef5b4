/**
 * Carries out decisions: status, tasks, rings, Events. May depend on the Kubernetes client, the API
 * types, {@code plan} and {@code store}.
 */
@NullMarked
package dev.ringlift.operator.act;

import org.jspecify.annotations.NullMarked;
