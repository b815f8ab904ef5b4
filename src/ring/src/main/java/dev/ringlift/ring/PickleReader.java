package dev.ringlift.ring;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Reads a Python pickle of protocols 0 to 5 that holds only what a builder holds: None, booleans,
 * numbers, texts, lists, tuples, dicts, and {@code array.array}. It is a machine with a stack and a
 * memo, as Python's own (Lib/pickle.py, Lib/pickletools.py), but it knows no classes, calls
 * nothing, and bounds its stack, its memo and its {@link Budget heap}.
 *
 * <p>The values are {@link Long}, {@link BigInteger}, {@link Double}, {@link Boolean}, {@link
 * String}, {@link ItemList}, {@link Tuple}, {@link Dict}, {@link IntArray} and null.
 */
final class PickleReader {
  private static final int MAXIMUM_PROTOCOL = 5;

  /**
   * What an argument of a reduction or the root may be besides values: a name of the array module.
   */
  enum ArrayName {
    ARRAY,
    RECONSTRUCTOR
  }

  /** A run of bytes in the file, the content of an array from protocol 3 on. */
  record Bytes(int offset, int length) {}

  private final PickleInput input;
  private final Budget budget;
  private final PickleStack stack = new PickleStack();
  private final PickleMemo memo = new PickleMemo();

  private PickleReader(byte[] pickle, Budget budget) {
    this.input = new PickleInput(pickle);
    this.budget = budget;
  }

  /** The root of a pickle that fills the whole of the array. */
  static @Nullable Object read(byte[] pickle, Budget budget) throws RingFormatException {
    PickleReader reader = new PickleReader(pickle, budget);
    @Nullable Object root = reader.run();
    Graph.check(root);
    return root;
  }

  private @Nullable Object run() throws RingFormatException {
    while (true) {
      int opcode = input.unsignedByte();
      if (opcode == '.') {
        @Nullable Object root = stack.pop();
        if (!stack.isEmpty()) {
          throw new RingFormatException("It is not a whole pickle: its end comes too early.");
        }
        if (input.remaining() > 0) {
          throw new RingFormatException(
              "It has " + input.remaining() + " bytes after the end of its pickle.");
        }
        return root;
      }
      if (!number(opcode) && !text(opcode) && !container(opcode) && !memo(opcode)) {
        special(opcode);
      }
    }
  }

  private boolean number(int opcode) throws RingFormatException {
    switch (opcode) {
      case 'K' -> stack.pushLong(input.unsignedByte());
      case 'M' -> stack.pushLong(input.unsignedShort());
      case 'J' -> stack.pushLong(input.signedInt());
      case 'I' -> {
        String line = input.line();
        if (line.equals("01") || line.equals("00")) {
          stack.push(line.equals("01"));
        } else {
          pushInteger(PickleInput.decimal(line));
        }
      }
      case 'L' -> {
        String line = input.line();
        pushInteger(
            PickleInput.decimal(line.endsWith("L") ? line.substring(0, line.length() - 1) : line));
      }
      case 0x8a -> pushInteger(input.littleEndianInteger(input.unsignedByte()));
      case 0x8b -> pushInteger(input.littleEndianInteger(input.length(input.unsignedInt())));
      case 'G' -> {
        budget.charge(24);
        stack.push(Double.longBitsToDouble(input.bigEndianLong()));
      }
      case 'F' -> {
        budget.charge(24);
        stack.push(PickleInput.floatingPoint(input.line()));
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void pushInteger(BigInteger value) throws RingFormatException {
    if (value.bitLength() < Long.SIZE) {
      stack.pushLong(value.longValue());
    } else {
      budget.charge(64 + value.bitLength() / 8);
      stack.push(value);
    }
  }

  private boolean text(int opcode) throws RingFormatException {
    String text;
    switch (opcode) {
      case 'X' -> text = input.utf8(input.unsignedInt());
      case 0x8c -> text = input.utf8(input.unsignedByte());
      case 0x8d -> text = input.utf8(input.littleEndianLong());
      case 'V' -> text = PickleText.rawUnicodeEscape(input.line());
      case 'U' -> text = input.ascii(input.unsignedByte());
      case 'T' -> text = input.ascii(input.unsignedInt());
      case 'S' -> text = PickleText.quoted(input.line());
      default -> {
        return false;
      }
    }
    budget.charge(48 + text.length());
    stack.push(text);
    return true;
  }

  private boolean container(int opcode) throws RingFormatException {
    switch (opcode) {
      case ']' -> push(new ItemList());
      case '}' -> push(new Dict());
      case ')' -> pushTuple(stack.top());
      case 0x85, 0x86, 0x87 -> {
        int size = opcode - 0x84;
        stack.require(size);
        pushTuple(stack.top() - size);
      }
      case '(' -> {
        if (!(stack.topOrNull() instanceof ItemList list) || !input.takeNumbers(list, budget)) {
          stack.pushMark();
        }
      }
      case 't' -> pushTuple(stack.unmark());
      case 'l' -> {
        ItemList list = new ItemList();
        budget.charge(64);
        addAll(list, stack.unmark());
        stack.push(list);
      }
      case 'd' -> {
        Dict dict = new Dict();
        budget.charge(96);
        setAll(dict, stack.unmark());
        stack.push(dict);
      }
      case 'a' -> {
        stack.require(2);
        addAll(listAt(stack.top() - 2), stack.top() - 1);
      }
      case 'e' -> {
        int first = stack.unmark();
        addAll(listAt(first - 1), first);
      }
      case 's' -> {
        stack.require(3);
        setAll(dictAt(stack.top() - 3), stack.top() - 2);
      }
      case 'u' -> {
        int first = stack.unmark();
        setAll(dictAt(first - 1), first);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void push(Object container) throws RingFormatException {
    budget.charge(96);
    stack.push(container);
  }

  private void pushTuple(int first) throws RingFormatException {
    @Nullable Object[] items = new Object[stack.top() - first];
    budget.charge(48 + 4L * items.length);
    for (int i = 0; i < items.length; i++) {
      if (stack.isLong(first + i)) {
        budget.charge(24);
      }
      items[i] = stack.get(first + i);
    }
    stack.cut(first);
    stack.push(new Tuple(items));
  }

  private void addAll(ItemList list, int first) throws RingFormatException {
    for (int i = first; i < stack.top(); i++) {
      if (stack.isLong(i)) {
        list.addLong(stack.getLong(i), budget);
      } else {
        list.add(stack.get(i), budget);
      }
    }
    stack.cut(first);
  }

  private void setAll(Dict dict, int first) throws RingFormatException {
    if ((stack.top() - first) % 2 != 0) {
      throw new RingFormatException("It is not a whole pickle: a key has no value.");
    }
    for (int i = first; i < stack.top(); i += 2) {
      budget.charge(16 + 48);
      dict.append(stack.get(i), stack.get(i + 1));
    }
    stack.cut(first);
  }

  private ItemList listAt(int index) throws RingFormatException {
    if (stack.getOrNull(index) instanceof ItemList list) {
      return list;
    }
    throw new RingFormatException(
        "It is not a whole pickle: it adds to something that is no list.");
  }

  private Dict dictAt(int index) throws RingFormatException {
    if (stack.getOrNull(index) instanceof Dict dict) {
      return dict;
    }
    throw new RingFormatException("It is not a whole pickle: it sets a key of something no dict.");
  }

  private boolean memo(int opcode) throws RingFormatException {
    switch (opcode) {
      case 'q' -> memo.put(input.unsignedByte(), stack.peek());
      case 'r' -> memo.put(input.unsignedInt(), stack.peek());
      case 'p' -> memo.put(PickleInput.decimal(input.line()).longValue(), stack.peek());
      case 0x94 -> memo.put(memo.size(), stack.peek());
      case 'h' -> stack.push(memo.get(input.unsignedByte()));
      case 'j' -> stack.push(memo.get(input.unsignedInt()));
      case 'g' -> stack.push(memo.get(PickleInput.decimal(input.line()).longValue()));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void special(int opcode) throws RingFormatException {
    switch (opcode) {
      case 'N' -> stack.push(null);
      case 0x88 -> stack.push(true);
      case 0x89 -> stack.push(false);
      case 0x80 -> {
        int protocol = input.unsignedByte();
        if (protocol > MAXIMUM_PROTOCOL) {
          throw new RingFormatException("Its pickle protocol " + protocol + " is not known.");
        }
      }
      case 0x95 -> {
        // A frame only tells how much to read ahead; all is here already.
        input.length(input.littleEndianLong());
      }
      case 'C' -> bytes(input.unsignedByte());
      case 'B' -> bytes(input.unsignedInt());
      case 0x8e -> bytes(input.littleEndianLong());
      case 'c' -> global(input.line(), input.line());
      case 0x93 -> {
        stack.require(2);
        @Nullable Object name = stack.pop();
        @Nullable Object module = stack.pop();
        global(String.valueOf(module), String.valueOf(name));
      }
      case 'R' -> reduce();
      default ->
          throw new RingFormatException(
              "It is not a builder's pickle: it holds the instruction 0x%02x, which no builder needs."
                  .formatted(opcode));
    }
  }

  private void bytes(long declared) throws RingFormatException {
    int length = input.length(declared);
    budget.charge(24);
    stack.push(new Bytes(input.skip(length), length));
  }

  private void global(String module, String name) throws RingFormatException {
    if (!module.equals("array")) {
      throw refusedGlobal(module, name);
    }
    switch (name) {
      case "array" -> stack.push(ArrayName.ARRAY);
      case "_array_reconstructor" -> stack.push(ArrayName.RECONSTRUCTOR);
      default -> throw refusedGlobal(module, name);
    }
  }

  private static RingFormatException refusedGlobal(String module, String name) {
    return new RingFormatException(
        "It is not a builder: it refers to '%s', and a builder refers to nothing but 'array.array'."
            .formatted(PickleText.printable(module + "." + name)));
  }

  private void reduce() throws RingFormatException {
    stack.require(2);
    @Nullable Object arguments = stack.pop();
    @Nullable Object callable = stack.pop();
    budget.charge(48);
    if (arguments instanceof Tuple tuple && callable == ArrayName.ARRAY && tuple.size() == 2) {
      if (tuple.get(0) instanceof String type && tuple.get(1) instanceof ItemList list) {
        stack.push(IntArray.of(type, list));
        return;
      }
    }
    if (arguments instanceof Tuple tuple
        && callable == ArrayName.RECONSTRUCTOR
        && tuple.size() == 4
        && tuple.get(0) == ArrayName.ARRAY
        && tuple.get(1) instanceof String type
        && tuple.get(2) instanceof Long format
        && tuple.get(3) instanceof Bytes content) {
      budget.checkTable(2L * content.length());
      stack.push(IntArray.of(type, format, input.slice(content)));
      return;
    }
    throw new RingFormatException("It makes an array from something that is no list of numbers.");
  }
}
