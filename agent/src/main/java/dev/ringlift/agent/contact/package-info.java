/**
 * The agent's contact with the API server: the heartbeat that others see, and what the agent itself
 * knows of being in reach. May depend on the API constants and the Kubernetes client.
 */
@NullMarked
package dev.ringlift.agent.contact;

import org.jspecify.annotations.NullMarked;
