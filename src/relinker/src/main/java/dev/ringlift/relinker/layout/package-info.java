/**
 * Swift's on-disk layout, as pure functions and values: places of objects, names of files in a hash
 * dir, which of them still matter, and suffix hashes. No file is touched here. Depends on the JDK
 * and on the public types of the relinker.
 *
 * <p>Source of the formats: {@code swift/obj/diskfile.py}, {@code swift/common/utils/timestamp.py}
 * and {@code swift/common/utils/pickle.py} of Swift 2.38.3.
 */
@NullMarked
package dev.ringlift.relinker.layout;

import org.jspecify.annotations.NullMarked;
