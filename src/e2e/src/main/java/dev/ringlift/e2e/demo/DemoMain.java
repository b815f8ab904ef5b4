package dev.ringlift.e2e.demo;

import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code bin/demo} as a program. */
public final class DemoMain {
  private static final int BROKEN = 1;
  private static final int MISUSED = 2;
  private static final int USUAL_WIDTH = 100;

  private DemoMain() {}

  /** Exit code: see {@link DemoOptions#USAGE}. */
  public static void main(String[] arguments) throws IOException {
    // The client library logs nowhere here; it need not say so.
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    PrintStream out =
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)),
            false,
            StandardCharsets.UTF_8);
    DemoOptions options;
    try {
      options = DemoOptions.parse(List.of(arguments));
    } catch (DemoOptions.Misused e) {
      System.err.println("bin/demo: " + e.getMessage());
      System.err.print(DemoOptions.USAGE);
      System.exit(MISUSED);
      return;
    }
    boolean terminal = isTerminal();
    Screen screen =
        new Screen(
            out,
            terminal && !options.plain(),
            terminal && System.getenv("NO_COLOR") == null,
            columns());
    Demo demo = new Demo(options, screen, TemporaryPlace.create(options.objects()));
    // Ctrl-C ends up here, too.
    Runtime.getRuntime().addShutdownHook(new Thread(demo::close, "clean-up"));
    System.exit(run(demo, options, screen, terminal));
  }

  private static int run(Demo demo, DemoOptions options, Screen screen, boolean terminal) {
    boolean held;
    try (demo) {
      held = demo.tell();
      if (!held) {
        demo.keepFolder();
      }
      if (options.keep()) {
        screen.text(demo.whatIsKept());
        waitForEnter(screen, terminal);
      }
    } catch (RuntimeException e) {
      demo.keepFolder();
      screen.bad(sentence(e));
      held = false;
    }
    if (!held) {
      screen.text("What there is to look at stays:\n" + demo.whatIsKept());
    }
    return held ? 0 : BROKEN;
  }

  private static String sentence(RuntimeException problem) {
    @Nullable String message = problem.getMessage();
    return message == null ? problem.toString() : message;
  }

  private static void waitForEnter(Screen screen, boolean terminal) {
    if (terminal) {
      screen.text("The cluster runs until you press Enter.");
      Optional.ofNullable(System.console()).ifPresent(Console::readLine);
    }
  }

  private static boolean isTerminal() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()
        && !"dumb".equals(System.getenv("TERM"));
  }

  private static int columns() {
    String columns = System.getenv("COLUMNS");
    return columns != null && columns.matches("[1-9][0-9]{1,3}")
        ? Integer.parseInt(columns)
        : USUAL_WIDTH;
  }
}
