package ai.cifer.examples;

import ai.cifer.cli.Cifer;
import ai.cifer.cli.keys.KeyStore;
import ai.cifer.cli.keys.PassphraseSource;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.homocryption.CkksContext;
import ai.cifer.homocryption.StoredForm;
import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksDecryptor;
import ai.cifer.homocryption.ckks.CkksEncoder;
import ai.cifer.homocryption.ckks.CkksEncryptor;
import ai.cifer.homocryption.ckks.CkksEvaluator;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.CkksPublicKey;
import ai.cifer.homocryption.ckks.CkksSecretKey;
import ai.cifer.homocryption.ckks.GaloisKeys;
import ai.cifer.homocryption.ckks.Preset;
import ai.cifer.homocryption.ckks.RelinearizationKey;
import ai.cifer.homocryption.codec.FormatException;
import ai.cifer.homocryption.codec.SecretKeyAccess;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/// Keys in files, made with `cifer keys generate`, and a computation between two parties that
/// exchange files only.
public final class _10_KeysAndFiles {

  private static final CkksParameters PARAMETERS = CkksParameters.of(Preset.C13);

  private _10_KeysAndFiles() {}

  public static void main(String[] args) throws Exception {
    run(Files.createTempDirectory("cifer-keys"), IO::println);
  }

  /// @param folder empty; gets the files
  /// @return the scores that the owner opens
  static double[] run(Path folder, Consumer<String> out) throws Exception {
    Path keys = folder.resolve("keys");
    Path passphrase = folder.resolve("passphrase");
    Files.writeString(passphrase, "four words and a comma,");

    // 1. The owner makes keys. On a terminal the command would ask for the passphrase:
    //
    //      cifer keys generate --preset C13 --out keys
    //
    // The rotations for sums of 4 numbers are planned with --sums.
    String[] words = {
      "keys",
      "generate",
      "--preset",
      "C13",
      "--sums",
      "4",
      "--passphrase-file",
      passphrase.toString(),
      "--out",
      keys.toString()
    };
    int exitCode = Cifer.run(Terminal.ofSystem(System.getenv()).silent(), words);
    out.accept("cifer keys generate ended with " + exitCode);

    // 2. The laboratory gets the public files, and checks what they are.
    for (String name : new String[] {"public_key", "relinearization_key", "galois_keys"}) {
      try (InputStream in = open(keys, name)) {
        StoredForm form = StoredForm.inspect(in);
        out.accept("%s: %s, %,d bytes".formatted(name, form.kind().title(), form.bytes()));
      }
    }

    // 3. The owner encrypts four features of a patient to a file. The seeded form has half the
    // bytes; it needs the secret key, which the owner has.
    Path ciphertext = folder.resolve("patient.cifer");
    encrypt(keys, passphrase, ciphertext, 0.5, -1, 0.25, 3);
    out.accept("the patient: %,d bytes".formatted(Files.size(ciphertext)));

    // 4. The laboratory computes a score, and can read neither features nor score.
    Path result = folder.resolve("score.cifer");
    score(keys, ciphertext, result);
    out.accept("the score: %,d bytes".formatted(Files.size(result)));

    // 5. The owner opens it.
    double[] score = decrypt(keys, passphrase, result);
    out.accept("the owner reads %.6f".formatted(score[0]));

    // A damaged file is noticed before anything is computed with it.
    byte[] bytes = Files.readAllBytes(result);
    bytes[bytes.length / 2] ^= 1;
    try {
      CkksCiphertext.read(PARAMETERS, new ByteArrayInputStream(bytes));
    } catch (FormatException refused) {
      out.accept("a flipped bit: " + refused.getMessage());
    }
    return score;
  }

  private static void encrypt(Path keys, Path passphrase, Path file, double... features)
      throws Exception {
    double[] slots = new double[PARAMETERS.slots()];
    for (int j = 0; j < slots.length; j++) {
      // Repeated over all slots, so that a rotation turns the four in a circle.
      slots[j] = features[j % features.length];
    }
    try (CkksSecretKey secret = secretKey(keys, passphrase);
        InputStream in = open(keys, "public_key");
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      CkksPublicKey publicKey = CkksPublicKey.read(PARAMETERS, in);
      CkksEncryptor encryptor = new CkksEncryptor(publicKey, secret, new SecureRandom());
      encryptor.encryptSeeded(new CkksEncoder(PARAMETERS).encode(slots)).write(out);
    }
  }

  private static void score(Path keys, Path ciphertext, Path file) throws IOException {
    double[] weights = {0.5, 0.25, -1, 0.125};
    try (InputStream publicKey = open(keys, "public_key");
        InputStream relinearizationKey = open(keys, "relinearization_key");
        InputStream galoisKeys = open(keys, "galois_keys");
        InputStream in = new BufferedInputStream(Files.newInputStream(ciphertext));
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      CkksContext context =
          CkksContext.of(
              CkksPublicKey.read(PARAMETERS, publicKey),
              RelinearizationKey.read(PARAMETERS, relinearizationKey),
              GaloisKeys.read(PARAMETERS, galoisKeys));
      CkksEvaluator evaluator = context.evaluator();
      CkksCiphertext x = CkksCiphertext.read(PARAMETERS, in);
      double[] slots = new double[PARAMETERS.slots()];
      Arrays.setAll(slots, j -> weights[j % weights.length]);
      CkksCiphertext product =
          evaluator.rescale(
              evaluator.multiply(
                  x, context.encoder().encode(slots, x.level(), evaluator.plaintextScale(x))));
      // The level that is left is not needed any more: a smaller answer.
      evaluator.matchTo(evaluator.innerSum(product, 1, 4), 0, PARAMETERS.scale(0)).write(out);
    }
  }

  private static double[] decrypt(Path keys, Path passphrase, Path file) throws Exception {
    try (CkksSecretKey secret = secretKey(keys, passphrase);
        InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      CkksCiphertext result = CkksCiphertext.read(PARAMETERS, in);
      double[] slots =
          new CkksEncoder(PARAMETERS).decode(new CkksDecryptor(secret).decrypt(result));
      return Arrays.copyOf(slots, 1);
    }
  }

  /// The one place of this program where a secret key comes from bytes: the token can be searched
  /// for.
  private static CkksSecretKey secretKey(Path keys, Path passphrase) throws Exception {
    byte[] form =
        KeyStore.readSecret(
            keys.resolve("secret_key.cifer"), PassphraseSource.of(Optional.of(passphrase)));
    try {
      return CkksSecretKey.read(
          SecretKeyAccess.insecureBytes(), PARAMETERS, new ByteArrayInputStream(form));
    } finally {
      Arrays.fill(form, (byte) 0);
    }
  }

  private static InputStream open(Path keys, String name) throws IOException {
    return new BufferedInputStream(Files.newInputStream(keys.resolve(name + ".cifer")));
  }
}
