/**
 * The Helm chart: what it renders, what it refuses, and what its roles allow. Needs Helm's library.
 */
@NullMarked
package dev.ringlift.e2e.chart;

import org.jspecify.annotations.NullMarked;
