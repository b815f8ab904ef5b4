/**
 * The operator: sees, decides, acts. This package joins the three ({@code observe}, {@code plan},
 * {@code act}) under the Java Operator SDK, with configuration and metrics.
 */
@NullMarked
package dev.ringlift.operator;

import org.jspecify.annotations.NullMarked;
