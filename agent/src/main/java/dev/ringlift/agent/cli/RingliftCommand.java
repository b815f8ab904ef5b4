package dev.ringlift.agent.cli;

import dev.ringlift.agent.conf.UserError;
import dev.ringlift.relinker.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command line {@code ringlift}. */
@Command(
    name = "ringlift",
    description = "Raises the partition power of OpenStack Swift's object rings.",
    synopsisSubcommandLabel = "COMMAND")
public final class RingliftCommand {
  /** In the order in which the help lists them. */
  private static final Map<String, Supplier<Object>> COMMANDS = commands();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  private RingliftCommand() {}

  public static void main(String[] arguments) {
    System.exit(execute(arguments));
  }

  /** Runs a command line and returns its exit code: see {@link ExitCode}, {@link RingCommand}. */
  static int execute(String... arguments) {
    CommandLine line = new CommandLine(new RingliftCommand());
    // What each command takes is found by reflection, which is a good part of a short run: so for
    // the
    // one that is called alone, and for all where there is help to be given.
    String first = arguments.length == 0 ? "" : arguments[0];
    COMMANDS.forEach(
        (name, command) -> {
          if (name.equals(first) || !COMMANDS.containsKey(first)) {
            line.addSubcommand(name, command.get());
          }
        });
    line.setExecutionExceptionHandler((problem, command, parsed) -> told(problem));
    return line.execute(arguments);
  }

  private static Map<String, Supplier<Object>> commands() {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("relink", Relink::new);
    commands.put("cleanup", Cleanup::new);
    commands.put("verify", Verify::new);
    commands.put("prove", Prove::new);
    commands.put("ring", RingCommand::new);
    return commands;
  }

  /** What a user can mend is told in a sentence; all else is a bug. */
  private static int told(Exception problem) throws Exception {
    switch (problem) {
      case UsageError mistake -> {
        System.err.println("ringlift: " + mistake.getMessage());
        return CommandLine.ExitCode.USAGE;
      }
      case UserError mistake -> System.err.println("ringlift: " + mistake.getMessage());
      case UncheckedIOException failure ->
          System.err.println("ringlift: " + failure.getMessage() + ".");
      case IOException failure -> System.err.println("ringlift: " + failure.getMessage() + ".");
      default -> throw problem;
    }
    return ExitCode.ERRORS.number();
  }

  @Command(
      name = "relink",
      description = {
        "Makes a hard link at the new place of every object file.",
        "Exit code: 0 done, 1 errors, 2 no ring has powers that fit, or the command line is wrong."
      })
  static final class Relink implements java.util.concurrent.Callable<Integer> {
    @Mixin RelinkOptions options = new RelinkOptions();

    @Override
    public Integer call() throws UserError, IOException {
      return RelinkCommand.run(Step.RELINK, options).number();
    }
  }

  @Command(
      name = "cleanup",
      description = {
        "Removes object files from their old places, each after its twin at the new place has been seen.",
        "Exit code: 0 done, 1 errors, 2 no ring has powers that fit, or the command line is wrong."
      })
  static final class Cleanup implements java.util.concurrent.Callable<Integer> {
    @Mixin RelinkOptions options = new RelinkOptions();

    @Override
    public Integer call() throws UserError, IOException {
      return RelinkCommand.run(Step.CLEANUP, options).number();
    }
  }

  @Command(
      name = "verify",
      description = {
        "Looks, without a write, whether relink (while the ring has a next power to come) or cleanup (afterwards) has left every file where it must be, and names each that is not.",
        "Exit code: 0 nothing wrong, 1 something is, or could not be looked at, 2 the command line is wrong."
      })
  static final class Verify implements java.util.concurrent.Callable<Integer> {
    @Mixin VerifyCommand.Options options = new VerifyCommand.Options();

    @Override
    public Integer call() throws UserError, IOException {
      return VerifyCommand.run(options).number();
    }
  }

  @Command(
      name = "prove",
      description = {
        "Tells over HTTP which rings are in a directory, at /recon/ringmd5, as Swift's recon middleware does: a sidecar for pods that have none.",
        "Exit code: 1 it can't, 2 the command line is wrong."
      })
  static final class Prove implements java.util.concurrent.Callable<Integer> {
    @Mixin ProveCommand.Options options = new ProveCommand.Options();

    @Override
    public Integer call() throws UserError {
      return ProveCommand.run(options).number();
    }
  }
}
