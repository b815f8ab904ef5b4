package dev.ringlift.testkit.process;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that answers each line on its standard input with one line on its standard output. Its
 * standard error is this JVM's.
 */
public final class LineProcess implements AutoCloseable {
  private final List<String> command;
  private final Process process;
  private final BufferedWriter questions;
  private final BufferedReader answers;

  private LineProcess(List<String> command, Process process) {
    this.command = command;
    this.process = process;
    this.questions = process.outputWriter();
    this.answers = process.inputReader();
  }

  public static LineProcess start(List<String> command) {
    ProcessBuilder builder =
        new ProcessBuilder(new ArrayList<>(command)).redirectError(ProcessBuilder.Redirect.INHERIT);
    return new LineProcess(command, Children.start(builder));
  }

  /** Writes a line and waits for the answer. */
  public synchronized String ask(String line) {
    try {
      questions.write(line);
      questions.newLine();
      questions.flush();
      String answer = answers.readLine();
      if (answer == null) {
        throw new IllegalStateException(command + " ended without an answer");
      }
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(command + " does not listen any more", e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
