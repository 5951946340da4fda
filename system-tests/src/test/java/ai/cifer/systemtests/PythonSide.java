package ai.cifer.systemtests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/// A Python process that answers each line with a line: a framework is loaded once for many
/// questions.
final class PythonSide implements AutoCloseable {

  private final Process process;
  private final Writer in;
  private final BufferedReader out;

  private PythonSide(Process process) {
    this.process = process;
    in = process.outputWriter();
    out = process.inputReader();
  }

  /// Starts it and waits until it says `ready`.
  static PythonSide start(Path python, Path script, Path... words) throws IOException {
    List<String> command = new ArrayList<>(List.of(python.toString(), script.toString()));
    for (Path word : words) {
      command.add(word.toString());
    }
    PythonSide side =
        new PythonSide(
            new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    String said = side.answer();
    if (!said.equals("ready")) {
      side.close();
      throw new AssertionError("%s said: %s (expected: ready)".formatted(script, said));
    }
    return side;
  }

  /// The answer to a question.
  String ask(Map<String, String> question) throws IOException {
    in.write(JsonMapper.shared().writeValueAsString(question) + "\n");
    in.flush();
    return answer();
  }

  private String answer() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new AssertionError("the Python process ended: see its standard error");
    }
    return line;
  }

  @Override
  public void close() throws IOException {
    in.close();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
