/**
 * Swift's configuration files, as far as agent and command line need them. Depends on the relinker
 * library only.
 */
@NullMarked
package dev.ringlift.agent.conf;

import org.jspecify.annotations.NullMarked;
