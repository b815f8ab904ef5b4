/** The documents: their links, and the files that they name. */
@NullMarked
package dev.ringlift.e2e.docs;

import org.jspecify.annotations.NullMarked;
