@NullMarked
package dev.ringlift.ring;

import org.jspecify.annotations.NullMarked;
