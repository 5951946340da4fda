package ai.cifer.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// One run of the packaged command as a process of its own; what it prints goes to two files.
final class Cifer implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofMinutes(4);

  /// The project's root.
  static final Path HOME =
      Path.of(Objects.requireNonNull(System.getProperty("cifer.home")))
          .toAbsolutePath()
          .normalize();

  static final Path JAR =
      Path.of(Objects.requireNonNull(System.getProperty("cifer.jar"))).toAbsolutePath().normalize();

  static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

  /// Of the virtual machine, for every process.
  static final List<String> FLAGS =
      List.of(
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "--add-modules=jdk.incubator.vector",
          "-XX:+UseSerialGC",
          "-Dio.netty.allocator.type=pooled");

  private final String name;
  private final Process process;
  private final Path out;
  private final Path err;

  private Cifer(String name, Process process, Path out, Path err) {
    this.name = name;
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /// The flags of the virtual machine for a process that does little: it is compiled once, quickly.
  static List<String> small(int heapMegabytes) {
    return List.of("-Xmx%dm".formatted(heapMegabytes), "-XX:TieredStopAtLevel=1");
  }

  /// Starts the command.
  ///
  /// @param folder its working directory, which also gets its output
  /// @param name of the output's files
  /// @param jvm flags of the virtual machine
  static Cifer start(Path folder, String name, List<String> jvm, List<String> words)
      throws IOException {
    return start(folder, name, jvm, "ai.cifer.cli.Cifer", words);
  }

  /// Starts a program of the tests, or the command.
  static Cifer start(Path folder, String name, List<String> jvm, String program, List<String> words)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(JAVA);
    command.addAll(FLAGS);
    command.addAll(SharedClasses.flags());
    command.addAll(jvm);
    command.add("-cp");
    command.add(JAR + java.io.File.pathSeparator + testClasses());
    command.add(program);
    command.addAll(words);
    Path out = freeName(folder, name, ".out");
    Path err = freeName(folder, name, ".err");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    return new Cifer(name, process, out, err);
  }

  /// The command as a line of a shell script that hands on its own arguments.
  static String shellCommand() {
    return "exec '%s' --enable-native-access=ALL-UNNAMED --add-modules=jdk.incubator.vector -XX:TieredStopAtLevel=1 -jar '%s' \"$@\""
        .formatted(JAVA, JAR);
  }

  private static Path freeName(Path folder, String name, String suffix) {
    Path file = folder.resolve(name + suffix);
    for (int i = 2; Files.exists(file); i++) {
      file = folder.resolve(name + "-" + i + suffix);
    }
    return file;
  }

  /// Where the gated trainer is.
  private static Path testClasses() {
    return HOME.resolve("system-tests/target/test-classes");
  }

  String name() {
    return name;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// This process and all that it started and that are alive.
  List<ProcessHandle> tree() {
    return java.util.stream.Stream.concat(
            java.util.stream.Stream.of(process.toHandle()), process.descendants())
        .filter(ProcessHandle::isAlive)
        .toList();
  }

  String out() throws IOException {
    return Files.readString(out);
  }

  String err() throws IOException {
    // The JVM's own remark on the Vector API comes before anything else.
    return Files.readString(err)
        .replace("WARNING: Using incubator modules: jdk.incubator.vector\n", "");
  }

  /// `kill -9`: the process gets no chance to do anything more.
  void kill() {
    process.destroyForcibly();
  }

  /// Sends a signal, for example `TERM`, `INT`, `STOP`, `CONT`.
  void signal(String signal) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid())).start();
    if (kill.waitFor() != 0) {
      throw new AssertionError("kill -%s %s failed".formatted(signal, name));
    }
  }

  /// Waits for the end.
  ///
  /// @return the exit code
  int exitCode() throws InterruptedException {
    return exitCode(LONGEST);
  }

  int exitCode(Duration limit) throws InterruptedException {
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("%s still runs after %s".formatted(name, limit));
    }
    return process.exitValue();
  }

  /// What is known about it, for the report of a failed test.
  String report() {
    try {
      return "---- %s: %s\n%s%s"
          .formatted(
              name, process.isAlive() ? "runs" : "exit code " + process.exitValue(), out(), err());
    } catch (IOException unreadable) {
      return "---- %s: %s".formatted(name, unreadable);
    }
  }

  @Override
  public void close() {
    List<ProcessHandle> tree = tree();
    tree.forEach(ProcessHandle::destroyForcibly);
    tree.forEach(each -> each.onExit().orTimeout(10, TimeUnit.SECONDS).join());
  }
}
