package dev.ringlift.operator.plan;

import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What each part of a store would hold. Pure: knows what was there when the store was read. */
@FunctionalInterface
public interface StoreSizes {

  /**
   * Every part that the ring or the builder would change, with all that it would hold then.
   *
   * @param builder null where the store holds none
   */
  List<PartSize> with(Ring ring, @Nullable RingBuilder builder);

  /**
   * A part of a store.
   *
   * @param name as users call it, as in "ConfigMap swift-rings"
   * @param bytes that it would hold in all
   * @param limitBytes how much it can hold
   */
  record PartSize(String name, long bytes, long limitBytes) {

    boolean fits() {
      return bytes <= limitBytes;
    }
  }
}
