/**
 * Tests of the status page: of its mappers, of its server over HTTP, and of the page in a browser.
 */
@NullMarked
package dev.ringlift.operator.page;

import org.jspecify.annotations.NullMarked;
