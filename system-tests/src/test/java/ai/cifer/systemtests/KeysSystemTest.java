package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.cifer.cli.exit.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// `cifer keys` as people run it: files, passphrases, what is printed and what is not.
@DisabledOnOs(OS.WINDOWS)
class KeysSystemTest {
  /// Argon2 takes 64 MiB of it.
  private static final int HEAP = 256;

  @TempDir Path folder;

  @Test
  void aKeyIsMade_shown_andOpensWithItsPassphraseOnly() throws Exception {
    Files.writeString(folder.resolve("words"), "correct horse battery\n");
    Files.writeString(folder.resolve("others"), "correct horse batteries\n");
    assertThat(run("keys generate --preset C13 --passphrase-file words --out keys").exitCode())
        .isZero();
    Path secret = folder.resolve("keys/secret_key.cifer");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
        .isEqualTo("rw-------");

    Cifer shown = run("keys show keys");
    assertThat(shown.exitCode()).isZero();
    assertThat(shown.out())
        .contains("CKKS secret key", "CKKS public key", "C13", "128 bits: at most 214 bits")
        .contains("Argon2id");
    assertThat(shown.err()).isEmpty();

    assertThat(run("keys show keys/secret_key.cifer --passphrase-file words").exitCode()).isZero();
    Cifer wrong = run("keys show keys/secret_key.cifer --passphrase-file others");
    assertThat(wrong.exitCode()).isEqualTo(ExitCode.WRONG_PASSPHRASE.number());
    assertThat(wrong.err())
        .startsWith("error: keys/secret_key.cifer: the passphrase does not open it")
        .contains("see docs/errors/71.md");
    assertThat(wrong.out()).isEmpty();

    byte[] bytes = Files.readAllBytes(secret);
    bytes[bytes.length / 2] ^= 1;
    Files.write(secret, bytes);
    assertThat(run("keys show keys").exitCode()).isEqualTo(ExitCode.KEY_FILE_DAMAGED.number());
  }

  /// With nobody to ask, the command says how else to give it.
  @Test
  void withoutTerminal_nothingIsAsked() throws Exception {
    Cifer refused = run("keys generate --out keys");
    assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE.number());
    assertThat(refused.err()).contains("no terminal to ask on", "--passphrase-file FILE");
    assertThat(folder.resolve("keys")).doesNotExist();
  }

  /// On a terminal it is asked for, twice, and what is typed does not appear.
  @Test
  void onATerminal_thePassphraseIsAskedForWithoutEcho() throws Exception {
    assumeThat(Path.of("/usr/bin/script")).exists();
    String typed = "correct horse battery";
    String screen =
        onTerminal("keys generate --scheme paillier --bits 2048 --out keys", typed, typed);
    assertThat(screen)
        .contains("Passphrase for the new secret key", "The same again:", "Paillier secret key")
        .doesNotContain(typed);
    Files.writeString(folder.resolve("words"), typed);
    assertThat(run("keys show keys/secret_key.cifer --passphrase-file words").exitCode()).isZero();

    String differing =
        onTerminal("keys generate --scheme paillier --bits 2048 --out k2", typed, "another one");
    assertThat(differing).contains("passphrase: the two differ; nothing was written");
    assertThat(folder.resolve("k2")).doesNotExist();
  }

  private Cifer run(String words) throws Exception {
    try (Cifer command =
        Cifer.start(folder, "keys", Cifer.small(HEAP), List.of(words.split(" ", -1)))) {
      command.exitCode();
      return command;
    }
  }

  /// Runs the command in a pseudo-terminal and types each answer when it is asked for.
  private String onTerminal(String words, String... answers)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Cifer.small(HEAP));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(Path.of(System.getProperty("cifer.jar")).toAbsolutePath().normalize().toString());
    command.add("ai.cifer.cli.Cifer");
    String line = String.join(" ", command) + " " + words;
    Process process =
        new ProcessBuilder("script", "-qec", line, "/dev/null")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    try {
      StringBuilder screen = new StringBuilder();
      var out = process.getInputStream();
      int answered = 0;
      for (int c = out.read(); c >= 0; c = out.read()) {
        screen.append((char) c);
        if (answered < answers.length && screen.toString().endsWith(": ")) {
          process
              .getOutputStream()
              .write((answers[answered++] + "\n").getBytes(StandardCharsets.UTF_8));
          process.getOutputStream().flush();
        }
      }
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      return screen.toString();
    } finally {
      process.destroyForcibly();
    }
  }
}
