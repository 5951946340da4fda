package ai.cifer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.keys.KeyStore;
import ai.cifer.cli.keys.PassphraseSource;
import ai.cifer.cli.terminal.Captured;
import ai.cifer.homocryption.CkksContext;
import ai.cifer.homocryption.EncryptedVector;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.CkksPublicKey;
import ai.cifer.homocryption.ckks.CkksSecretKey;
import ai.cifer.homocryption.ckks.GaloisKeys;
import ai.cifer.homocryption.ckks.Preset;
import ai.cifer.homocryption.ckks.RelinearizationKey;
import ai.cifer.homocryption.codec.SecretKeyAccess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class KeysCommandTest {
  @TempDir Path folder;

  private final Captured captured = Captured.file();

  @BeforeEach
  void aPassphrase() throws IOException {
    Files.writeString(folder.resolve("words"), "correct horse battery\nnot this line\n");
    Files.writeString(folder.resolve("others"), "wrong horse battery");
  }

  @Test
  void aPaillierKeyUnderAPassphrase() throws IOException {
    assertThat(generate("paillier", "--passphrase-file", path("words"))).isZero();
    assertThat(captured.out())
        .contains("Paillier secret key", "Paillier public key", "2048", "112 bits: NIST")
        .contains("Argon2id, 64 MiB, 3 passes, 4 lanes; AES-256-GCM")
        .contains("Keep " + folder.resolve("keys/secret_key.cifer") + " to yourself");
    // A sealed key and its public half carry the same digest, and the secret shows nowhere.
    Captured shown = Captured.file();
    assertThat(Cifer.run(shown.terminal(), "keys", "show", path("keys"), "--format", "json"))
        .isZero();
    JsonNode keys = JsonMapper.shared().readTree(shown.out()).path("keys");
    assertThat(keys.size()).isEqualTo(2);
    JsonNode open = keys.get(0);
    JsonNode secret = keys.get(1);
    assertThat(open.path("kind").asString()).isEqualTo("Paillier public key");
    assertThat(secret.path("secret").asBoolean()).isTrue();
    assertThat(secret.path("digest").asString()).isEqualTo(open.path("digest").asString());
    assertThat(secret.path("parameters").path("modulus_bits").asInt()).isEqualTo(2048);
    assertThat(secret.path("security").path("bits").asInt()).isEqualTo(112);

    assertThat(check("words")).isZero();
    assertThat(captured.out()).contains("opens and is whole");
    assertThat(check("others")).isEqualTo(ExitCode.WRONG_PASSPHRASE.number());
    assertThat(captured.err()).contains("the passphrase does not open it");

    byte[] bytes = Files.readAllBytes(secretKey());
    bytes[200] ^= 1;
    Files.write(secretKey(), bytes);
    assertThat(check("words")).isEqualTo(ExitCode.KEY_FILE_DAMAGED.number());
    assertThat(run("keys", "show", path("keys"))).isEqualTo(ExitCode.KEY_FILE_DAMAGED.number());
  }

  @Test
  void keysOfCkks_areReadByTheLibraryAndWorkTogether() throws Exception {
    assertThat(
            run(
                "keys",
                "generate",
                "--preset",
                "c13",
                "--sums",
                "4",
                "--passphrase-file",
                path("words"),
                "--out",
                path("keys")))
        .isZero();
    assertThat(captured.out()).contains("CKKS Galois keys", "C13", "at most 214 bits of modulus");
    assertThat(check("words")).isZero();

    CkksParameters parameters = CkksParameters.of(Preset.C13);
    CkksContext laboratory =
        CkksContext.of(
            CkksPublicKey.read(parameters, file("public_key")),
            RelinearizationKey.read(parameters, file("relinearization_key")),
            GaloisKeys.read(parameters, file("galois_keys")));
    byte[] form =
        KeyStore.readSecret(secretKey(), PassphraseSource.of(Optional.of(folder.resolve("words"))));
    try (CkksSecretKey owner =
        CkksSecretKey.read(
            SecretKeyAccess.insecureBytes(), parameters, new ByteArrayInputStream(form))) {
      EncryptedVector x = laboratory.encrypt(1, 0.5, -0.25);
      assertThat(x.dot(x).decrypt(owner)[0]).isCloseTo(1.3125, within(1e-5));
    }
  }

  private InputStream file(String name) throws IOException {
    return new ByteArrayInputStream(
        Files.readAllBytes(folder.resolve("keys").resolve(name + ".cifer")));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void withoutPassphrase_onlyTheOwnerMayRead() throws IOException {
    assertThat(generate("paillier", "--no-passphrase")).isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secretKey())))
        .isEqualTo("rw-------");
    assertThat(run("keys", "show", path("keys"), "--check")).isZero();
    String all = HexFormat.of().formatHex(Files.readAllBytes(secretKey()));
    assertThat(captured.out() + captured.err()).doesNotContain(all.substring(140, 180));

    Files.setPosixFilePermissions(secretKey(), PosixFilePermissions.fromString("rw-r-----"));
    assertThat(run("keys", "show", path("keys"))).isEqualTo(ExitCode.KEY_FILE_UNUSABLE.number());
    assertThat(captured.err()).contains("others may open (rw-r-----", "chmod 600");
  }

  @Test
  void nothingIsOverwritten() throws IOException {
    Path existing = Files.createDirectories(folder.resolve("keys")).resolve("public_key.cifer");
    Files.writeString(existing, "somebody's");
    assertThat(generate("paillier", "--no-passphrase"))
        .isEqualTo(ExitCode.KEY_FILE_UNUSABLE.number());
    assertThat(captured.err()).contains("exists and is not overwritten");
    assertThat(existing).hasContent("somebody's");
    assertThat(secretKey()).doesNotExist();
  }

  @Test
  void aPassphraseCannotBeAskedForWithoutATerminal() {
    assertThat(generate("paillier")).isEqualTo(ExitCode.USAGE.number());
    assertThat(captured.err())
        .contains("no terminal to ask on (expected: --passphrase-file FILE, or --no-passphrase)");
    assertThat(folder.resolve("keys")).doesNotExist();
  }

  @Test
  void aShortPassphraseIsRefused() throws IOException {
    Files.writeString(folder.resolve("words"), "horse");
    assertThat(generate("paillier", "--passphrase-file", path("words")))
        .isEqualTo(ExitCode.USAGE.number());
    assertThat(captured.err()).contains("passphrase: 5 bytes (expected: at least 8");
  }

  @Test
  void optionsThatMakeNoSense_areNamed() {
    usage("--preset: C99 (expected: one of C13, C14", "--preset", "C99");
    usage("--scheme: rsa (expected: ckks or paillier)", "--scheme", "rsa");
    usage("--bits: 1024 (expected: 2048 to 4096", "--scheme", "paillier", "--bits", "1024");
    usage("--matrix: 3by4 (expected: for example 128x64)", "--matrix", "3by4");
    usage("--sums: given (expected: not with", "--scheme", "paillier", "--sums", "8");
    usage("--bits: given (expected: not with --scheme ckks", "--bits", "3072");
    usage(
        "--no-passphrase and --passphrase-file: both", "--no-passphrase", "--passphrase-file", "x");
  }

  @Test
  void whatIsNoKey_isSaid() throws IOException {
    assertThat(run("keys", "show", path("words"))).isEqualTo(ExitCode.KEY_FILE_UNUSABLE.number());
    assertThat(captured.err()).contains("this is no form of Cifer");
    assertThat(run("keys", "show", path("nowhere"))).isEqualTo(ExitCode.KEY_FILE_UNUSABLE.number());
    assertThat(captured.err()).contains("nowhere: not found");
    assertThat(run("keys", "show", folder.toString()))
        .isEqualTo(ExitCode.KEY_FILE_UNUSABLE.number());
    assertThat(captured.err()).contains("no key files");
  }

  private void usage(String message, String... words) {
    Captured refused = Captured.file();
    String[] all = new String[words.length + 4];
    all[0] = "keys";
    all[1] = "generate";
    all[2] = "--out";
    all[3] = path("keys");
    System.arraycopy(words, 0, all, 4, words.length);
    assertThat(Cifer.run(refused.terminal(), all)).isEqualTo(ExitCode.USAGE.number());
    assertThat(refused.err()).contains(message);
  }

  private int generate(String scheme, String... more) {
    String[] words = new String[more.length + 8];
    System.arraycopy(
        new String[] {
          "keys", "generate", "--scheme", scheme, "--bits", "2048", "--out", path("keys")
        },
        0,
        words,
        0,
        8);
    System.arraycopy(more, 0, words, 8, more.length);
    return run(words);
  }

  private int check(String words) {
    return run("keys", "show", secretKey().toString(), "--passphrase-file", path(words));
  }

  private Path secretKey() {
    return folder.resolve("keys/secret_key.cifer");
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private int run(String... words) {
    return Cifer.run(captured.terminal(), words);
  }
}
