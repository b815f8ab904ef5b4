package dev.ringlift.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import java.util.Map;

/**
 * A label selector as everywhere in Kubernetes: all of its rules have to hold.
 *
 * @param matchLabels labels and the values that they must have
 * @param matchExpressions rules on single labels
 */
public record LabelRules(
    @JsonPropertyDescription("Labels, and the values that they must have.")
        Map<String, String> matchLabels,
    @JsonPropertyDescription("Rules on single labels.")
        @Size(max = 32)
        @ListType(ListType.Kind.ATOMIC)
        List<Expression> matchExpressions) {

  public LabelRules {
    matchLabels = matchLabels == null ? Map.of() : Map.copyOf(matchLabels);
    matchExpressions = matchExpressions == null ? List.of() : List.copyOf(matchExpressions);
  }

  /** Whether an object with these labels is selected. */
  public boolean matches(Map<String, String> labels) {
    return labels.entrySet().containsAll(matchLabels.entrySet())
        && matchExpressions.stream().allMatch(expression -> expression.matches(labels));
  }

  /**
   * A rule on one label.
   *
   * @param values for In and NotIn
   */
  public record Expression(
      @JsonPropertyDescription("The label.") @Required @Size(min = 1, max = 317) String key,
      @JsonPropertyDescription("What is asked of it.") @Required Operator operator,
      @JsonPropertyDescription("For In and NotIn.") @Size(max = 64) @ListType(ListType.Kind.ATOMIC)
          List<String> values) {

    public Expression {
      values = values == null ? List.of() : List.copyOf(values);
    }

    boolean matches(Map<String, String> labels) {
      String value = labels.get(key);
      return switch (operator) {
        case In -> value != null && values.contains(value);
        case NotIn -> value == null || !values.contains(value);
        case Exists -> value != null;
        case DoesNotExist -> value == null;
      };
    }
  }

  /** What is asked of a label. */
  public enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist
  }
}
