package dev.ringlift.operator.store;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;

/** Finds the store that an increase names. */
@FunctionalInterface
public interface RingStores {
  RingStore of(PartitionPowerIncrease increase);
}
