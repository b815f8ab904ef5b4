/**
 * A real browser: headless Chromium, driven by its DevTools protocol. Needs the JDK, Jackson, and
 * the child processes of this testkit.
 */
@NullMarked
package dev.ringlift.testkit.browser;

import org.jspecify.annotations.NullMarked;
