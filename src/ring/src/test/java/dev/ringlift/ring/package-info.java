/** Tests of rings and builders, on their own and against real Swift. */
@NullMarked
package dev.ringlift.ring;

import org.jspecify.annotations.NullMarked;
