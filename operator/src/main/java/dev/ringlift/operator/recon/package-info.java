/**
 * Asks processes by HTTP, over and over, which rings they have, as Swift's recon middleware tells
 * it; beside the reconciliation, which only ever reads what is known. What comes back may come from
 * anybody: it is bounded in time and size, and never repeated to users as it is. May depend on
 * {@code plan}.
 */
@NullMarked
package dev.ringlift.operator.recon;

import org.jspecify.annotations.NullMarked;
