/** The status page of real operators, in a real browser. */
@NullMarked
package dev.ringlift.e2e.page;

import org.jspecify.annotations.NullMarked;
