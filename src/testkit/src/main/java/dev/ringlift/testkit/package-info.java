/**
 * What tests, benchmarks and the demo share. It knows Kubernetes and Swift, but nothing of
 * Ringlift's own modules, so that each of them can test with it.
 *
 * <ul>
 *   <li>{@code process}: child processes that end with their parent
 *   <li>{@code kube}: a real API server
 *   <li>{@code swift}: real Swift
 *   <li>{@code tree}: large device trees in Swift's layout, made and checked without Swift
 * </ul>
 */
@NullMarked
package dev.ringlift.testkit;

import org.jspecify.annotations.NullMarked;
