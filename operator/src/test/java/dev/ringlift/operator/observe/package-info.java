/** What an increase sees of others. */
@NullMarked
package dev.ringlift.operator.observe;

import org.jspecify.annotations.NullMarked;
