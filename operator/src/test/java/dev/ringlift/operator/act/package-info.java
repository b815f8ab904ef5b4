/** Tests of what the operator writes. */
@NullMarked
package dev.ringlift.operator.act;

import org.jspecify.annotations.NullMarked;
