/**
 * Swift's ring and builder files: reading, writing, and the four transitions of a partition power
 * increase.
 *
 * <p>{@link dev.ringlift.ring.Ring} and {@link dev.ringlift.ring.RingBuilder} are immutable values
 * read from bytes and written to bytes. They are held as Swift 2.38.3 holds them (modules
 * swift.common.ring.ring, .io and .builder), what this package does not know is kept, and every
 * file may be hostile: it is either understood or refused by a {@link
 * dev.ringlift.ring.RingFormatException} in one sentence, within bounded memory and time.
 *
 * <p>May depend on the JDK and on jackson-core (JSON tokens) alone: no Kubernetes, no Quarkus.
 */
@NullMarked
package dev.ringlift.ring;

import org.jspecify.annotations.NullMarked;
