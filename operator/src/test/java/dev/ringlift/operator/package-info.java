/** Tests of the operator against a real API server, in this process. */
@NullMarked
package dev.ringlift.operator;

import org.jspecify.annotations.NullMarked;
