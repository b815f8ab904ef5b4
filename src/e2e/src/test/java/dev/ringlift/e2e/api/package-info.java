/** What the API server makes of the custom resources before anybody else sees them. */
@NullMarked
package dev.ringlift.e2e.api;

import org.jspecify.annotations.NullMarked;
