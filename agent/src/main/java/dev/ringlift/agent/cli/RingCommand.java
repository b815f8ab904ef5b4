package dev.ringlift.agent.cli;

import dev.ringlift.ring.RingFiles;
import dev.ringlift.ring.Transition;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/**
 * Shows ring files and changes them by hand: {@link RingFiles} does the work, and its outcome is
 * the exit code. What was done or asked for goes to the output, why something was not to the
 * errors.
 */
@Command(
    name = "ring",
    description = {
      "Shows rings and builders, and does the transitions of an increase on files.",
      "Exit code: 0 done; 1 a file is bad or can't be read or written; 2 refused, nothing changed, or the command line is wrong."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {ManifestCommand.class, ExtractCommand.class})
final class RingCommand {
  private static final int NOT_WRITTEN = 1;

  private final RingFiles files;
  private final PrintStream out;
  private final PrintStream err;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  boolean help;

  /** What every transition takes. */
  static final class TransitionOptions {
    @Parameters(
        paramLabel = "FILE",
        description = "The builder, or its ring: the other is the file of that name beside it.")
    Path file = Path.of("");

    @Option(
        names = "--format-version",
        paramLabel = "1|2",
        description =
            "Format of the ring to write (default: that of the ring which is there, or 1).")
    @Nullable Integer formatVersion;
  }

  /** On the files and the output of this process. */
  RingCommand() {
    this(
        new RingFiles(Clock.systemUTC()),
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8),
        System.err);
  }

  RingCommand(RingFiles files, PrintStream out, PrintStream err) {
    this.files = files;
    this.out = out;
    this.err = err;
  }

  @Command(
      name = "show",
      description =
          "Tells power, version, replicas, devices, balance, and the size after a doubling.")
  int show(
      @Parameters(paramLabel = "FILE", description = "A ring or a builder.") Path file,
      @Option(names = "--json", description = "Write one JSON object.") boolean json) {
    return end(files.show(file), json);
  }

  @Command(
      name = "prepare",
      description = "Announces the next partition power: distribute the ring, then relink.")
  int prepare(@Mixin TransitionOptions options) {
    return apply(Transition.PREPARE, options);
  }

  @Command(
      name = "increase",
      description = {
        "Raises the partition power: distribute the ring, then clean up. No way back.",
        "Only after every device has been relinked."
      })
  int increase(@Mixin TransitionOptions options) {
    return apply(Transition.INCREASE, options);
  }

  @Command(
      name = "cancel",
      description =
          "Gives a prepared increase up: distribute the ring, then clean up, then finish.")
  int cancel(@Mixin TransitionOptions options) {
    return apply(Transition.CANCEL, options);
  }

  @Command(
      name = "finish",
      description = {
        "Ends an increase, or a cancelled one: distribute the ring.",
        "Only after every device has been cleaned up."
      })
  int finish(@Mixin TransitionOptions options) {
    return apply(Transition.FINISH, options);
  }

  private int apply(Transition transition, TransitionOptions options) {
    return end(files.apply(transition, options.file, options.formatVersion), false);
  }

  private int end(RingFiles.Outcome outcome, boolean json) {
    switch (outcome) {
      case RingFiles.Changed changed -> out.println(changed.message());
      case RingFiles.Shown shown when json -> out.println(shown.report().toJson());
      case RingFiles.Shown shown -> out.print(shown.report().toText());
      case RingFiles.BadFile bad -> err.println("ringlift: " + bad.message());
      case RingFiles.Refused refused -> err.println("ringlift: " + refused.message());
    }
    // A report cut short by a full disk must not pass for the whole.
    if (outcome instanceof RingFiles.Shown && out.checkError()) {
      err.println("ringlift: The report can't be written.");
      return NOT_WRITTEN;
    }
    return outcome.exitCode();
  }
}
