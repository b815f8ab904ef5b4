package dev.ringlift.testkit.swift;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an object server's code finds of one object at one of the places that a ring names for it.
 *
 * @param object {@code /account/container/object}
 * @param root the devices root
 * @param state {@code present}, {@code deleted} (a tombstone is the newest) or {@code missing}
 * @param timestamp of the data and of the tombstone
 */
public record Found(
    String object,
    String root,
    String device,
    int partition,
    String state,
    @Nullable String timestamp,
    @Nullable String body,
    Map<String, String> metadata) {}
