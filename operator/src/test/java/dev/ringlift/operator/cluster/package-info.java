/** A cluster as the operator meets it: real API server, made-up nodes and agents. */
@NullMarked
package dev.ringlift.operator.cluster;

import org.jspecify.annotations.NullMarked;
