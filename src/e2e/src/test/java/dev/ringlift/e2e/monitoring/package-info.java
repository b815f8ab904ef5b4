/**
 * What monitoring gets: the chart's alerts and dashboard, as Prometheus itself understands them.
 */
@NullMarked
package dev.ringlift.e2e.monitoring;

import org.jspecify.annotations.NullMarked;
