/** The contract of ring stores, on a real API server. */
@NullMarked
package dev.ringlift.operator.store;

import org.jspecify.annotations.NullMarked;
