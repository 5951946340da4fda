package ai.cifer.homocryption.threshold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.InsecureParameters;
import ai.cifer.homocryption.codec.SecretKeyAccess;
import ai.cifer.homocryption.threshold.ThresholdException.DecryptionRefused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A party's process is killed after the log was forced to the disk and before its share left.
class DecryptionCrashTest {
  private static final SecretKeyAccess ACCESS = SecretKeyAccess.insecureBytes();
  private static final SmudgingPolicy POLICY = new SmudgingPolicy(2, 30);
  private static final byte[] SEED = new byte[32];

  @TempDir Path folder;

  private static ThresholdSession session() {
    return ThresholdSession.of(InsecureParameters.composite(8), new Committee(2, 2), SEED, "crash");
  }

  private static CkksCiphertext ciphertext(Path folder) throws IOException {
    try (InputStream in = Files.newInputStream(folder.resolve("ciphertext"))) {
      return CkksCiphertext.read(session().parameters(), in);
    }
  }

  private static Smudging smudging() {
    return Smudging.of(session(), POLICY, TrackedErrorBound.fresh(session(), 1), 20);
  }

  /// The party's process: opens its state, begins a decryption, says that the log is durable, and
  /// waits to be killed.
  public static final class Party {
    private Party() {}

    public static void main(String[] arguments) throws IOException {
      Path folder = Path.of(arguments[0]);
      SecretKeyShare share;
      try (InputStream in = Files.newInputStream(folder.resolve("share"))) {
        share = SecretKeyShare.read(ACCESS, session(), in);
      }
      var log = DecryptionLog.create(folder.resolve("log"), share, POLICY);
      Runnable block =
          () -> {
            System.out.println("durable");
            System.out.flush();
            try {
              System.in.read();
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          };
      PartialDecryption made =
          new PartialDecryptor(share, log, block)
              .decrypt(ciphertext(folder), ActiveSet.of(session().committee(), 1, 2), smudging());
      try (var out = Files.newOutputStream(folder.resolve("sent"))) {
        made.write(out);
      }
    }
  }

  @Test
  void afterAKillOnlyTheIdenticalShareCanLeave() throws Exception {
    try (var committee = new TestCommittee(session())) {
      SecretKeyShare share = committee.shares.getFirst();
      CkksCiphertext x = committee.encrypt(new double[] {0.5, -1});
      try (var out = Files.newOutputStream(folder.resolve("share"))) {
        share.write(ACCESS, out);
      }
      try (var out = Files.newOutputStream(folder.resolve("ciphertext"))) {
        x.write(out);
      }
      killAfterTheLogIsDurable();

      ActiveSet set = ActiveSet.of(committee.session.committee(), 1, 2);
      PartialDecryption identical;
      try (DecryptionLog elsewhere =
          DecryptionLog.create(folder.resolve("elsewhere"), share, POLICY)) {
        identical = new PartialDecryptor(share, elsewhere).decrypt(x, set, smudging());
      }
      try (DecryptionLog log = DecryptionLog.open(folder.resolve("log"), share, POLICY)) {
        var decryptor = new PartialDecryptor(share, log);
        assertThat(log.decryptions()).isEqualTo(1);
        assertThatThrownBy(() -> decryptor.decrypt(x, set, smudging()))
            .isInstanceOf(DecryptionRefused.class);
        assertThat(decryptor.resend(x, set, smudging()).rows().rows())
            .isDeepEqualTo(identical.rows().rows());
      }
      assertThat(Files.readAllBytes(folder.resolve("log")))
          .isEqualTo(Files.readAllBytes(folder.resolve("elsewhere")));
    }
  }

  private void killAfterTheLogIsDurable() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath(),
                Party.class.getName(),
                folder.toString())
            .redirectError(folder.resolve("errors").toFile())
            .start();
    try (var reader = process.inputReader()) {
      assertThat(reader.readLine()).as(() -> errors()).isEqualTo("durable");
      assertThat(process.destroyForcibly().waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(folder.resolve("sent")).doesNotExist();
    } finally {
      process.destroyForcibly();
    }
  }

  private String errors() {
    try {
      return Files.readString(folder.resolve("errors"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /// Tests run in the folder of the module.
  private static String classPath() {
    return Path.of("target", "classes").toAbsolutePath()
        + java.io.File.pathSeparator
        + Path.of("target", "test-classes").toAbsolutePath();
  }
}
