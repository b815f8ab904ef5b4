package dev.ringlift.ring;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the members of a tar, and refuses a tar that not every program would unpack alike, or that
 * could write elsewhere than into the folder that it is unpacked in.
 *
 * <p>That goes for all its members, not for rings alone: what is written back is unpacked by others
 * who trust it. So there are plain files and folders only. A link, even among members that nobody
 * here looks at, can make a later member land in another place, or be another name of a builder;
 * the tool that makes these tars packs none. Members that are there twice are refused since
 * programs differ in which of them counts, as are sizes and names that are said in more than one
 * way.
 */
final class TarReader {
  private static final int MAX_MEMBERS = 5_000;
  private static final int MAX_NAME = 255;
  private static final int MAX_DEPTH = 4;
  private static final int MAX_EXTENSION = 1 << 16;
  private static final int SHOWN = 80;

  private final byte[] tar;
  private final List<TarMember> members = new ArrayList<>();
  private final Set<String> files = new HashSet<>();
  private final Set<String> folders = new HashSet<>();

  private int start;
  private int position;
  private @Nullable String longName;
  private boolean described;

  private TarReader(byte[] tar) {
    this.tar = tar;
  }

  /** The members, in order. */
  static List<TarMember> read(byte[] tar) throws RingFormatException {
    TarReader reader = new TarReader(tar);
    while (!reader.ends()) {
      reader.readHeader();
    }
    return List.copyOf(reader.members);
  }

  /** Two blocks of zeros are the end, and what is after them has to be zeros too. */
  private boolean ends() throws RingFormatException {
    if (tar.length - position < 2 * TarHeader.BLOCK || tar.length % TarHeader.BLOCK != 0) {
      throw new RingFormatException("It is cut off: it has no end mark.");
    }
    if (!isZero(position, position + TarHeader.BLOCK)) {
      return false;
    }
    if (start != position) {
      throw new RingFormatException("It ends after a name that belongs to no member.");
    }
    if (!isZero(position, tar.length)) {
      throw new RingFormatException("It goes on after its end mark.");
    }
    return true;
  }

  private boolean isZero(int from, int to) {
    for (int i = from; i < to; i++) {
      if (tar[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private void readHeader() throws RingFormatException {
    TarHeader header = TarHeader.read(tar, position);
    int contentStart = position + TarHeader.BLOCK;
    long size = header.size();
    if (size > tar.length - contentStart) {
      throw new RingFormatException("It is cut off: a member goes on beyond its end.");
    }
    position = TarMember.padded(contentStart + (int) size);
    switch (header.type()) {
      case '0', '\0' -> add(header, contentStart, (int) size, true);
      case '5' -> add(header, contentStart, (int) size, false);
      case 'L' -> takeLongName(contentStart, (int) size);
      case 'x' -> readRecords(contentStart, (int) size);
      case '1', '2', 'K' ->
          throw new RingFormatException(
              "Its member %s is a link, which could lead anywhere when it is unpacked."
                  .formatted(shown(header.name())));
      default ->
          throw new RingFormatException(
              "Its member %s is neither a file nor a folder.".formatted(shown(header.name())));
    }
  }

  private void add(TarHeader header, int contentStart, int size, boolean isFile)
      throws RingFormatException {
    String stated = longName == null ? header.name() : longName;
    String name = safe(stated);
    // Some programs skip the content of a folder, others read a header there; and to old ones a
    // file whose name ends in a slash is a folder.
    if (isFile ? stated.endsWith("/") || name.equals(".") : size != 0) {
      throw new RingFormatException(
          "Its member %s is half a folder and half a file.".formatted(shown(stated)));
    }
    if (members.size() == MAX_MEMBERS) {
      throw new RingFormatException(
          "It has more than %d members, far more than rings need.".formatted(MAX_MEMBERS));
    }
    claim(name, isFile);
    members.add(new TarMember(name, isFile, tar, start, contentStart, size));
    start = position;
    longName = null;
    described = false;
  }

  /** Takes a name, and those of the folders above it, refusing what is taken in another way. */
  private void claim(String name, boolean isFile) throws RingFormatException {
    boolean fresh = isFile ? files.add(name) && !folders.contains(name) : !files.contains(name);
    for (int slash = name.indexOf('/'); fresh && slash > 0; slash = name.indexOf('/', slash + 1)) {
      String above = name.substring(0, slash);
      folders.add(above);
      fresh = !files.contains(above);
    }
    if (!isFile) {
      folders.add(name);
    }
    if (!fresh) {
      throw new RingFormatException(
          "It has more than one member %s, and programs differ in which of them counts."
              .formatted(shown(name)));
    }
  }

  /** The name without {@code ./} and double slashes, if it stays within the folder. */
  private static String safe(String stated) throws RingFormatException {
    if (stated.length() > MAX_NAME || stated.chars().filter(c -> c == '/').count() > MAX_DEPTH) {
      throw new RingFormatException(
          "The name of its member %s is longer than rings need.".formatted(shown(stated)));
    }
    if (stated.chars().anyMatch(c -> c < ' ' || c == 0x7F)) {
      throw new RingFormatException(
          "The name of its member %s has a control character.".formatted(shown(stated)));
    }
    List<String> parts = new ArrayList<>();
    for (String part : stated.split("/", -1)) {
      if (part.equals("..")) {
        throw leads(stated);
      }
      if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    if (stated.isEmpty() || stated.startsWith("/")) {
      throw leads(stated);
    }
    return parts.isEmpty() ? "." : String.join("/", parts);
  }

  private static RingFormatException leads(String stated) {
    return new RingFormatException(
        "The name of its member %s leads out of the folder that it is unpacked in."
            .formatted(shown(stated)));
  }

  /** GNU tar's way to a name of more than 100 bytes: a member before the member holds it. */
  private void takeLongName(int from, int size) throws RingFormatException {
    checkExtension(size);
    int end = from;
    while (end < from + size && tar[end] != 0) {
      end++;
    }
    takeName(new String(tar, from, end - from, ISO_8859_1));
  }

  private void takeName(String name) throws RingFormatException {
    if (longName != null) {
      throw new RingFormatException("It has a member with more than one name.");
    }
    longName = name;
  }

  private static void checkExtension(int size) throws RingFormatException {
    if (size > MAX_EXTENSION) {
      throw new RingFormatException(
          "It has a header of %d bytes, far more than rings need.".formatted(size));
    }
  }

  /** POSIX's way, for more than names: records "length key=value\n" in a member before it. */
  private void readRecords(int from, int size) throws RingFormatException {
    checkExtension(size);
    if (described) {
      throw new RingFormatException("It has a member with two extended headers.");
    }
    described = true;
    int at = from;
    while (at < from + size) {
      int end = at + recordLength(at, from + size);
      String record = new String(tar, at, end - at, ISO_8859_1);
      int equals = record.indexOf('=');
      String key = equals < 0 ? "" : record.substring(record.indexOf(' ') + 1, equals);
      if (key.isEmpty() || !record.endsWith("\n")) {
        throw brokenRecord();
      }
      takeRecord(key, record.substring(equals + 1, record.length() - 1));
      at = end;
    }
  }

  private void takeRecord(String key, String value) throws RingFormatException {
    if (key.equals("path")) {
      takeName(value);
    } else if (key.equals("size") || key.equals("linkpath") || key.startsWith("GNU.sparse.")) {
      throw new RingFormatException(
          "It has a member whose extended header sets its %s, which no ring needs."
              .formatted(shown(key)));
    }
  }

  private int recordLength(int at, int limit) throws RingFormatException {
    int length = 0;
    for (int i = at; i < limit && i < at + 6; i++) {
      if (tar[i] == ' ' && length > i - at && length <= limit - at) {
        return length;
      }
      if (tar[i] < '0' || tar[i] > '9') {
        break;
      }
      length = length * 10 + tar[i] - '0';
    }
    throw brokenRecord();
  }

  private static RingFormatException brokenRecord() {
    return new RingFormatException("It has an extended header that is damaged.");
  }

  /** A name for a message: printable, and not endless. */
  private static String shown(String name) {
    String beginning = name.substring(0, Math.min(name.length(), SHOWN));
    return beginning.replaceAll("[^!-~]", "?") + (name.length() > SHOWN ? "(cut)" : "");
  }
}
