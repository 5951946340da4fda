package ai.cifer.systemtests.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// What a newcomer meets first.
@DisabledOnOs(OS.WINDOWS)
class LauncherSystemTest {
  private static final Path HOME =
      Path.of(Objects.requireNonNull(System.getProperty("cifer.home"))).normalize();

  @TempDir Path folder;

  @Test
  void helpComesFromAnyFolderThroughALinkAndWithoutInput() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("cifer"), HOME.resolve("cifer"));
    Outcome outcome = run("exec '" + link + "' --help <&-");
    assertThat(outcome.output()).contains("demo");
    assertThat(outcome.code()).isZero();
  }

  @Test
  void anExitCodeIsHandedOn() throws Exception {
    Outcome outcome = run("exec '" + HOME.resolve("cifer") + "' nosuchverb");
    assertThat(outcome.output()).contains("nosuchverb");
    assertThat(outcome.code()).isEqualTo(2);
  }

  @Test
  void aFailedBuildShowsItsLog() throws Exception {
    Files.copy(HOME.resolve("cifer"), folder.resolve("cifer"));
    Files.writeString(folder.resolve("pom.xml"), "<project><nonsense/></project>");
    Outcome outcome = run("bash ./cifer --help");
    assertThat(outcome.output()).contains("nonsense", "the build failed", "target/build.log");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(folder.resolve("target/build.lock")).doesNotExist();
  }

  /// The lock of a build that was killed does not hold up the next one.
  @Test
  void aDeadBuildsLockIsTaken() throws Exception {
    Files.copy(HOME.resolve("cifer"), folder.resolve("cifer"));
    Files.writeString(folder.resolve("pom.xml"), "<project><nonsense/></project>");
    Path lock = Files.createDirectories(folder.resolve("target/build.lock"));
    Process dead = new ProcessBuilder("true").start();
    assertThat(dead.waitFor(10, TimeUnit.SECONDS)).isTrue();
    Files.writeString(lock.resolve("pid"), dead.pid() + "\n");
    Outcome outcome = run("bash ./cifer --help");
    assertThat(outcome.output()).contains("the build failed");
  }

  private Outcome run(String command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("bash", "-c", command);
    builder.directory(folder.toFile()).redirectErrorStream(true);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Outcome(process.exitValue(), output);
  }

  private record Outcome(int code, String output) {}
}
