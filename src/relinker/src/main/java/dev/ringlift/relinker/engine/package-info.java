/**
 * The work itself: relink and cleanup of devices, on top of {@code posix} (system calls) and {@code
 * layout} (what names mean). Nothing outside the relinker depends on it; {@code Relinker.create()}
 * leads here.
 *
 * <p>Where Swift 2.38.3's relinker is unsafe, this one is not: it removes nothing by age unless
 * told to; cleanup leaves a right suffix hash for every hash dir that it touched, even when no link
 * had to be made; a state file carries the ring's version and the increase; a device that an
 * earlier increase left uncleaned is refused.
 */
@NullMarked
package dev.ringlift.relinker.engine;

import org.jspecify.annotations.NullMarked;
