/**
 * Whole increases under live Swift: real proxies, account, container and object servers, which get
 * their rings as pods do, and a client that never stops. Every answer is held against what the
 * cluster has promised before. May use all that stories use; nothing uses it.
 */
@NullMarked
package dev.ringlift.e2e.live;

import org.jspecify.annotations.NullMarked;
