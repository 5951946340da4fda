package ai.cifer.homocryption.kernel;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A program of this module's tests in a JVM of its own, which has other flags.
public final class ChildJvm {
  public record Result(int exitCode, String output) {}

  private ChildJvm() {}

  /// Runs a class to its end.
  ///
  /// @param flags of the JVM
  /// @return exit code, and both streams together
  public static Result run(List<String> flags, Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-cp");
    command.add(
        Path.of("target", "classes") + File.pathSeparator + Path.of("target", "test-classes"));
    command.add(program.getName());
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .directory(Path.of(System.getProperty("basedir", ".")).toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }
}
