/**
 * The custom resources of group {@code ringlift.dev}, version {@code v1alpha1}: what users write
 * and what operator and agents tell each other. Types and their schema only, no logic; depends on
 * nothing but the fabric8 model and its schema annotations.
 */
@NullMarked
package dev.ringlift.api.v1alpha1;

import org.jspecify.annotations.NullMarked;
