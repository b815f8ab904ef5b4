@NullMarked
package dev.ringlift.testkit;

import org.jspecify.annotations.NullMarked;
