@NullMarked
package dev.ringlift.relinker;

import org.jspecify.annotations.NullMarked;
