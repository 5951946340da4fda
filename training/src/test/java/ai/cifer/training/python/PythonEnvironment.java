package ai.cifer.training.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assertions;

/// A Python with pinned packages, installed on first use.
///
/// Where it cannot be had, for want of a network, the test is skipped and says so; on a build
/// server (`CI=true`) it fails.
public final class PythonEnvironment {

  private final Path python;

  private PythonEnvironment(Path python) {
    this.python = python;
  }

  /// The root of the project, wherever Maven runs the tests of a module.
  public static Path project() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("python/environment.sh"))) {
        return folder;
      }
    }
    throw new AssertionError("no folder above has python/environment.sh");
  }

  /// @param requirements relative to the root of the project
  public static PythonEnvironment of(String requirements) throws IOException, InterruptedException {
    Path project = project();
    Process script =
        new ProcessBuilder(
                project.resolve("python/environment.sh").toString(),
                project.resolve(requirements).toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String printed = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = script.waitFor();
    if (code != 0) {
      String fact =
          "SKIPPED: no Python environment for %s (exit code %d)".formatted(requirements, code);
      if (Boolean.parseBoolean(System.getenv("CI"))) {
        Assertions.fail(fact);
      }
      System.err.println(fact);
      abort(fact);
    }
    return new PythonEnvironment(Path.of(printed.strip()));
  }

  /// Its interpreter.
  public Path python() {
    return python;
  }

  /// Runs a program to its end.
  ///
  /// @param words what comes after `python`
  /// @return what it printed, both streams; the test fails unless it ended with 0
  public String run(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(python.toString());
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    return printed;
  }
}
