/** Tests of what is asked by HTTP, against servers that behave well and others. */
@NullMarked
package dev.ringlift.operator.recon;

import org.jspecify.annotations.NullMarked;
