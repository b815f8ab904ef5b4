@NullMarked
package dev.ringlift.api.v1alpha1;

import org.jspecify.annotations.NullMarked;
