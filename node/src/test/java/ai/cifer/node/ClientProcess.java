package ai.cifer.node;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A client in a process of its own, which can be killed.
final class ClientProcess implements AutoCloseable {
  private final Process process;

  private ClientProcess(Process process) {
    this.process = process;
  }

  /// What the process runs.
  public static void main(String[] words) throws NodeException, InterruptedException {
    CiferClient.fromConfig(Path.of(words[0])).run();
  }

  static ClientProcess start(Path config) throws IOException {
    File output = config.resolveSibling("output.txt").toFile();
    return new ClientProcess(
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx64m",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    ClientProcess.class.getName(),
                    config.toString()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output))
            .start());
  }

  /// `kill -9`, and waits until it is gone.
  void kill() {
    process.destroyForcibly();
    process.onExit().orTimeout(30, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    kill();
  }
}
