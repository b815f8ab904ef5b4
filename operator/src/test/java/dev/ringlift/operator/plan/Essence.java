package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A status without what only people read. What the API adds to it later is kept as it is, so that
 * nothing that a decision may come to depend on is left out unseen.
 */
final class Essence {
  /** What no decision may be made on. */
  private static final Set<String> FOR_PEOPLE =
      Set.of(
          "observedGeneration",
          "message",
          "nodes",
          "progress",
          "preflight",
          "problems",
          "startTime",
          "completionTime",
          "firstProofTime",
          "spreadSeconds",
          "decidedAt",
          "consumersTotal",
          "consumersCurrent");

  private record Shape(List<RecordComponent> components, Constructor<?> constructor) {}

  private static final Map<Class<?>, Shape> SHAPES = new ConcurrentHashMap<>();

  private Essence() {}

  static PartitionPowerIncreaseStatus of(PartitionPowerIncreaseStatus status) {
    return (PartitionPowerIncreaseStatus) rewrite(status, true, time -> time);
  }

  /** The same a long time later. */
  static PartitionPowerIncreaseStatus aged(PartitionPowerIncreaseStatus status) {
    return (PartitionPowerIncreaseStatus) rewrite(status, false, Essence::aged);
  }

  /** A record with another value of one component. */
  @SuppressWarnings("unchecked") // made by the constructor of its own type
  static <T extends Record> T with(T all, String component, @Nullable Object value) {
    Shape shape = SHAPES.computeIfAbsent(all.getClass(), Essence::shape);
    Object[] values = new Object[shape.components.size()];
    try {
      for (int i = 0; i < values.length; i++) {
        RecordComponent each = shape.components.get(i);
        values[i] = each.getName().equals(component) ? value : each.getAccessor().invoke(all);
      }
      return (T) shape.constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  private static String aged(String text) {
    return text.equals(Site.NOW_TEXT) ? Site.BEFORE_TEXT : text;
  }

  private static Object rewrite(Object value, boolean strip, UnaryOperator<String> text) {
    return switch (value) {
      case Record all -> rewriteRecord(all, strip, text);
      case String words -> text.apply(words);
      case List<?> items when !items.isEmpty() && items.getFirst() instanceof Condition ->
          items.stream()
              .map(Condition.class::cast)
              .filter(item -> item.getType().equals(ConditionType.RingDistributed.name()))
              .map(item -> bare(item, text))
              .toList();
      default -> value;
    };
  }

  private static Condition bare(Condition condition, UnaryOperator<String> text) {
    return new ConditionBuilder()
        .withType(condition.getType())
        .withStatus(condition.getStatus())
        .withLastTransitionTime(text.apply(condition.getLastTransitionTime()))
        .build();
  }

  private static Object rewriteRecord(Record all, boolean strip, UnaryOperator<String> text) {
    Shape shape = SHAPES.computeIfAbsent(all.getClass(), Essence::shape);
    Object[] values = new Object[shape.components.size()];
    try {
      for (int i = 0; i < values.length; i++) {
        RecordComponent component = shape.components.get(i);
        Object old = component.getAccessor().invoke(all);
        values[i] =
            strip && FOR_PEOPLE.contains(component.getName())
                ? nothing(component.getType())
                : old == null ? null : rewrite(old, strip, text);
      }
      return shape.constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  private static @Nullable Object nothing(Class<?> type) {
    if (type == int.class) {
      return 0;
    }
    return type == String.class ? "" : null;
  }

  private static Shape shape(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = components[i].getType();
    }
    try {
      return new Shape(List.of(components), type.getDeclaredConstructor(types));
    } catch (NoSuchMethodException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }
}
