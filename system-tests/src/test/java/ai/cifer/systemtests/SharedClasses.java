package ai.cifer.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// An archive of the command's loaded classes (JDK's class data sharing), which the processes of a
/// long run of these tests map instead of loading and verifying some 5000 classes each: a fifth of
/// their processor time. It is made once, of what the processes of a demo load.
final class SharedClasses {
  private static final boolean WANTED = Boolean.getBoolean("cifer.shared-classes");
  private static final int RECORD_SECONDS = 120;

  private SharedClasses() {}

  /// Flags for a process with [Cifer#FLAGS], or none where few processes are started.
  static List<String> flags() {
    return WANTED ? Archive.FLAGS : List.of();
  }

  /// Made when it is first asked for.
  private static final class Archive {
    static final List<String> FLAGS = make();

    private static List<String> make() {
      Path archive = Cifer.HOME.resolve("system-tests/target/classes.jsa");
      try {
        Path folder = Files.createTempDirectory(archive.getParent(), "classes");
        Path list = folder.resolve("classes");
        run(folder, recording(folder));
        Files.write(list, merged(folder));
        run(folder, dumping(list, archive));
        return List.of(
            "-XX:SharedArchiveFile=" + archive,
            // Should an archive not fit a process, that starts without, and says nothing.
            "-Xlog:disable");
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(interrupted);
      }
    }

    /// The demo hands its flags on to the processes that it starts; each has a list of its own.
    private static List<String> recording(Path folder) {
      return command(
          List.of(
              "-XX:TieredStopAtLevel=1", "-XX:DumpLoadedClassList=" + folder.resolve("%p.list")),
          List.of("ai.cifer.cli.Cifer", "demo", "--rounds", "1", "--out", "runs"));
    }

    private static List<String> dumping(Path list, Path archive) {
      return command(
          List.of(
              "-Xshare:dump",
              "-XX:SharedClassListFile=" + list,
              "-XX:SharedArchiveFile=" + archive),
          List.of());
    }

    private static List<String> command(List<String> jvm, List<String> words) {
      List<String> command = new ArrayList<>(List.of(Cifer.JAVA));
      command.addAll(Cifer.FLAGS);
      command.addAll(jvm);
      command.addAll(List.of("-cp", Cifer.JAR.toString()));
      command.addAll(words);
      return command;
    }

    /// Classes first, then the lambdas in them. What custom loaders loaded has identities that hold
    /// in one list only.
    private static Set<String> merged(Path folder) throws IOException {
      List<String> all = new ArrayList<>();
      try (Stream<Path> files = Files.list(folder)) {
        for (Path each : files.filter(file -> file.toString().endsWith(".list")).toList()) {
          all.addAll(Files.readAllLines(each));
        }
      }
      Predicate<String> isCustom = line -> line.contains(" super: ") || line.contains(" source: ");
      Set<String> merged = new LinkedHashSet<>();
      all.stream()
          .filter(line -> !line.startsWith("@") && !line.startsWith("#"))
          .filter(isCustom.negate())
          .map(line -> line.replaceFirst(" id: .*", ""))
          .forEach(merged::add);
      all.stream().filter(line -> line.startsWith("@lambda")).forEach(merged::add);
      return merged;
    }

    private static void run(Path folder, List<String> command)
        throws IOException, InterruptedException {
      Path out = folder.resolve("out.txt");
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start();
      if (!process.waitFor(RECORD_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException(
            "no archive of classes: %s\n%s".formatted(command, Files.readString(out)));
      }
    }
  }
}
