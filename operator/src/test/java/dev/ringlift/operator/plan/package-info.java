/** Tests of the planner: stories of single decisions, and whole increases with faults. */
@NullMarked
package dev.ringlift.operator.plan;

import org.jspecify.annotations.NullMarked;
