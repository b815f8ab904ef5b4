package dev.ringlift.agent.task;

import java.nio.file.Path;

/**
 * How this node's runs work.
 *
 * @param devicesRoot where the devices are mounted
 * @param swiftDirectory where swift.conf is
 * @param mountCheck whether a device must be a mount point
 * @param replicationSlots {@code replication_concurrency_per_device} of the node's replicators
 */
public record RunSettings(
    Path devicesRoot, Path swiftDirectory, boolean mountCheck, int replicationSlots) {}
