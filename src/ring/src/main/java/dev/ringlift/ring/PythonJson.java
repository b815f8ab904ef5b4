package dev.ringlift.ring;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * JSON as Python's json module reads it, and writes it with {@code sort_keys} and {@code
 * ensure_ascii}, so that a ring's text equals the one that Swift would have written.
 */
final class PythonJson {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(32)
                  .maxNumberLength(255)
                  .maxStringLength(1 << 20)
                  .maxNameLength(1 << 16)
                  .build())
          .build();

  private PythonJson() {}

  /** Reads one value that fills the whole stream. */
  static @Nullable Object read(InputStream in, Budget budget)
      throws IOException, RingFormatException {
    try (JsonParser parser = FACTORY.createParser(in)) {
      parser.nextToken();
      @Nullable Object value = value(parser, budget);
      if (parser.nextToken() != null) {
        throw new RingFormatException("Its JSON text goes on after its end.");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new RingFormatException("Its description is not the JSON text of a ring.", e);
    }
  }

  private static @Nullable Object value(JsonParser parser, Budget budget)
      throws IOException, RingFormatException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new RingFormatException("Its description is empty.");
    }
    return switch (token) {
      case VALUE_NULL -> null;
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_STRING -> {
        String text = parser.getText();
        budget.charge(48 + 2L * text.length());
        yield text;
      }
      case VALUE_NUMBER_INT -> {
        budget.charge(24 + parser.getTextLength());
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
          yield parser.getBigIntegerValue();
        }
        yield parser.getLongValue();
      }
      case VALUE_NUMBER_FLOAT -> {
        budget.charge(24);
        yield parser.getDoubleValue();
      }
      case START_ARRAY -> {
        budget.charge(64);
        ItemList list = new ItemList();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          @Nullable Object item = value(parser, budget);
          if (item instanceof Long number) {
            list.addLong(number, budget);
          } else {
            list.add(item, budget);
          }
        }
        yield list;
      }
      case START_OBJECT -> {
        budget.charge(96);
        Dict dict = new Dict();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String key = parser.currentName();
          budget.charge(16 + key.length());
          parser.nextToken();
          dict.append(key, value(parser, budget));
        }
        yield dict;
      }
      default -> throw new RingFormatException("Its description is not the JSON text of a ring.");
    };
  }

  /** The text of a value; all of its characters are ASCII. */
  static StringBuilder write(@Nullable Object value) {
    StringBuilder text = new StringBuilder();
    write(value, text);
    return text;
  }

  private static void write(@Nullable Object value, StringBuilder text) {
    switch (value) {
      case null -> text.append("null");
      case Boolean flag -> text.append(flag);
      case Long number -> text.append(number);
      case BigInteger number -> text.append(number);
      case Double number -> text.append(number(number));
      case String string -> quote(string, text);
      case ItemList list -> {
        text.append('[');
        for (int i = 0; i < list.size(); i++) {
          write(list.get(i), text.append(i == 0 ? "" : ", "));
        }
        text.append(']');
      }
      case Tuple tuple -> {
        text.append('[');
        for (int i = 0; i < tuple.size(); i++) {
          write(tuple.get(i), text.append(i == 0 ? "" : ", "));
        }
        text.append(']');
      }
      case Dict dict -> write(dict, text);
      default -> throw new IllegalStateException("not a value of JSON: " + value.getClass());
    }
  }

  private static void write(Dict dict, StringBuilder text) {
    int[] sorted =
        IntStream.range(0, dict.size())
            .boxed()
            .sorted(Comparator.comparing(i -> String.valueOf(dict.keyAt(i))))
            .mapToInt(Integer::intValue)
            .toArray();
    text.append('{');
    String separator = "";
    for (int i = 0; i < sorted.length; i++) {
      String key = String.valueOf(dict.keyAt(sorted[i]));
      boolean overridden =
          i + 1 < sorted.length && key.equals(String.valueOf(dict.keyAt(sorted[i + 1])));
      if (!overridden) {
        quote(key, text.append(separator));
        write(dict.valueAt(sorted[i]), text.append(": "));
        separator = ", ";
      }
    }
    text.append('}');
  }

  private static void quote(String string, StringBuilder text) {
    text.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        case '\f' -> text.append("\\f");
        case '\b' -> text.append("\\b");
        default -> {
          if (c >= ' ' && c <= '~') {
            text.append(c);
          } else {
            text.append("\\u%04x".formatted((int) c));
          }
        }
      }
    }
    text.append('"');
  }

  /** A float as Python's repr shows it: the shortest digits that read back, always a float. */
  static String number(double number) {
    if (Double.isNaN(number)) {
      return "NaN";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? "Infinity" : "-Infinity";
    }
    if (number == 0) {
      return 1 / number < 0 ? "-0.0" : "0.0";
    }
    BigDecimal decimal = new BigDecimal(Double.toString(number)).stripTrailingZeros();
    int exponent = decimal.precision() - decimal.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      String plain = decimal.toPlainString();
      return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }
    String digits = decimal.unscaledValue().abs().toString();
    String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
    return "%s%s%se%s%02d"
        .formatted(
            number < 0 ? "-" : "",
            digits.charAt(0),
            fraction,
            exponent < 0 ? "-" : "+",
            Math.abs(exponent));
  }
}
