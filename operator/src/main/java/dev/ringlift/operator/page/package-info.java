/**
 * The status page: what is known of increases and nodes, on one page that is shown live and changes
 * nothing.
 *
 * <p>Two pure mappers ({@link dev.ringlift.operator.page.OverviewMapper} and {@link
 * dev.ringlift.operator.page.GridMapper}) turn custom resources into what the page shows. {@link
 * dev.ringlift.operator.page.StatusPage} does so on a thread of its own, from caches alone, and
 * {@link dev.ringlift.operator.page.PageServer} hands it out by server-sent events. May depend on
 * {@code observe}, for the caches, on times and the names of conditions in {@code plan}, and on
 * Vert.x; nothing but the operator's start depends on it.
 */
@NullMarked
package dev.ringlift.operator.page;

import org.jspecify.annotations.NullMarked;
