package dev.ringlift.testkit.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line of a child JVM of the same Java as this one. To be given to {@link
 * ManagedProcess.Builder#command(List)}, with the program's arguments after it.
 */
public final class JavaProcess {
  private JavaProcess() {}

  /**
   * {@code java <options> -jar <jar>}; options such as {@code -Xmx128m} or {@code -Dname=value}.
   */
  public static List<String> jar(Path jar, String... options) {
    return command(options, "-jar", jar.toString());
  }

  /** {@code java <options> -cp <this JVM's class path> <main class>}. */
  public static List<String> main(Class<?> mainClass, String... options) {
    return command(options, "-cp", System.getProperty("java.class.path"), mainClass.getName());
  }

  private static List<String> command(String[] options, String... rest) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Ringlift calls the system natively; Java 25 wants to be told that this is meant.
    words.add("--enable-native-access=ALL-UNNAMED");
    words.addAll(List.of(options));
    words.addAll(List.of(rest));
    return words;
  }
}
