/**
 * Child processes: run to an end, or held and killed, none ever left behind. Needs only the JDK.
 */
@NullMarked
package dev.ringlift.testkit.process;

import org.jspecify.annotations.NullMarked;
