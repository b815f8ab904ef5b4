/** The built command line as users start it, beside Swift's own commands. */
@NullMarked
package dev.ringlift.e2e.cli;

import org.jspecify.annotations.NullMarked;
