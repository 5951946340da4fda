package ai.cifer.homocryption.paillier;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Which back end serves, in fresh JVMs with and without leave to call native code.
class PaillierBackendTest {
  private record Outcome(List<String> out, String err) {}

  private static Outcome run(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of(options));
    command.add(FallbackProgram.class.getName());
    Process process = new ProcessBuilder(command).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(err).isZero();
    return new Outcome(out.lines().toList(), err);
  }

  private static String classPath() {
    return Path.of("target", "classes")
        + System.getProperty("path.separator")
        + Path.of("target", "test-classes");
  }

  /// Without leave nothing native is tried, so the JVM has nothing to warn of; the cure is logged.
  @Test
  void withoutNativeAccessBigIntegerServesAndSaysWhatToDo() throws Exception {
    Outcome outcome = run("-cp", withJUnit());
    assertThat(outcome.out.get(0)).isEqualTo("BIG_INTEGER");
    if (!System.getProperty("os.name").startsWith("Windows")) {
      assertThat(outcome.out.get(1))
          .isEqualTo(
              "Paillier: BigInteger, slower and not constant-time: native access is off; start"
                  + " java with --enable-native-access=ALL-UNNAMED");
    }
    assertThat(outcome.out.get(2)).isEqualTo("4711");
    assertThat(outcome.err)
        .containsOnlyOnce(outcome.out.get(1))
        .doesNotContain("restricted method");
  }

  @Test
  void withNativeAccessGmpServes() throws Exception {
    PaillierVectors.assumeGmp();
    Outcome outcome = run("--enable-native-access=ALL-UNNAMED", "-cp", withJUnit());
    assertThat(outcome.out.get(0)).isEqualTo("GMP");
    assertThat(outcome.out.get(1)).startsWith("Paillier: GMP ");
    assertThat(outcome.out.get(2)).isEqualTo("4711");
  }

  /// The fixtures name JUnit's assumptions.
  private static String withJUnit() throws Exception {
    String junit =
        Path.of(
                org.junit.jupiter.api.Assumptions.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI())
            .toString();
    return classPath() + System.getProperty("path.separator") + junit;
  }
}
