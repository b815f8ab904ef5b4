package dev.ringlift.operator.plan;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The ring that everybody must have.
 *
 * @param file its name
 * @param md5 of the file
 * @param published whether the increase has changed the ring at all: before, it was there already
 * @param since when it has been in the store, as the status says; null if the status does not
 */
record WantedRing(String file, String md5, boolean published, @Nullable Instant since) {}
