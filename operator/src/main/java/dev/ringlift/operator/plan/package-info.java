/**
 * What to do next with an increase: pure functions from what was seen to what is to be done and
 * what is to be said of it. No input or output, no clock of its own.
 *
 * <p>May depend on the API types and the ring library alone, and on a parser of cron.
 */
@NullMarked
package dev.ringlift.operator.plan;

import org.jspecify.annotations.NullMarked;
