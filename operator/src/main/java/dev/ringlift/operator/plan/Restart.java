package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.Consumer;

/**
 * A workload whose pods are to be started anew.
 *
 * @param stamp what its pod template is to bear
 */
public record Restart(Consumer.Kind kind, String name, String stamp) {}
