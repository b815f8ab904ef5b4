/**
 * The node agent: a thin Quarkus application that tells what its node is, proves which rings it
 * sees, and executes the relink tasks that are for it. This package reads the configuration and
 * wires the parts together; {@code contact}, {@code node} and {@code task} hold the parts and know
 * nothing of Quarkus. May depend on everything that the agent depends on.
 */
@NullMarked
package dev.ringlift.agent;

import org.jspecify.annotations.NullMarked;
