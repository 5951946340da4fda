package ai.cifer.cli.keys;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.homocryption.RotationPlan;
import ai.cifer.homocryption.StoredForm;
import ai.cifer.homocryption.ckks.CkksKeys;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.CkksSecretKey;
import ai.cifer.homocryption.ckks.Preset;
import ai.cifer.homocryption.codec.FormatException;
import ai.cifer.homocryption.codec.SecretKeyAccess;
import ai.cifer.homocryption.paillier.PaillierException;
import ai.cifer.homocryption.paillier.PaillierSecretKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The files of one owner's keys. The secret one is written first: public keys without it are worth
/// nothing, and what was begun is taken away when something fails.
public final class KeyFolder {
  /// The end of all names.
  public static final String SUFFIX = ".cifer";

  /// The secret key's file.
  public static final String SECRET = "secret_key" + SUFFIX;

  private static final String PUBLIC = "public_key" + SUFFIX;
  private static final String RELINEARIZATION = "relinearization_key" + SUFFIX;
  private static final String GALOIS = "galois_keys" + SUFFIX;

  private final Path folder;

  public KeyFolder(Path folder) {
    this.folder = folder;
  }

  /// @throws CommandFailed if a file that would be written is there
  public void requireEmpty(boolean rotations) throws CommandFailed {
    KeyStore.requireAbsent(
        folder.resolve(SECRET), folder.resolve(PUBLIC), folder.resolve(RELINEARIZATION));
    if (rotations) {
      KeyStore.requireAbsent(folder.resolve(GALOIS));
    }
  }

  /// Draws a Paillier key and writes both halves.
  ///
  /// @return the files
  public List<Path> writePaillier(int bits, Optional<Passphrase> passphrase)
      throws CommandFailed, IOException {
    try (PaillierSecretKey key = PaillierSecretKey.generate(bits, new SecureRandom());
        Writing writing = new Writing()) {
      ByteBuffer form = ByteBuffer.allocate(key.formBytes());
      key.write(SecretKeyAccess.insecureBytes(), form);
      writing.secret(form.array(), passphrase);
      writing.open(PUBLIC, key.publicKey()::write);
      return writing.done();
    }
  }

  /// Draws CKKS keys and writes them.
  ///
  /// @return the files
  public List<Path> writeCkks(Preset preset, RotationPlan plan, Optional<Passphrase> passphrase)
      throws CommandFailed, IOException {
    CkksParameters parameters = CkksParameters.of(preset);
    try (CkksKeys keys = CkksKeys.generate(parameters, plan.steps(parameters));
        Writing writing = new Writing();
        ErasedOutput form = new ErasedOutput()) {
      keys.secretKey().write(SecretKeyAccess.insecureBytes(), form);
      writing.secret(form.bytes(), passphrase);
      writing.open(PUBLIC, keys.publicKey()::write);
      writing.open(RELINEARIZATION, keys.relinearizationKey()::write);
      if (!plan.steps(parameters).isEmpty()) {
        writing.open(GALOIS, keys.galoisKeys()::write);
      }
      return writing.done();
    }
  }

  /// Reads a secret key and checks what its scheme can check.
  ///
  /// @throws CommandFailed if it does not open or is no key
  public static void check(Path file, PassphraseSource source) throws CommandFailed, IOException {
    byte[] bytes = KeyStore.readSecret(file, source);
    try {
      StoredForm form = StoredForm.inspect(new ByteArrayInputStream(bytes));
      SecretKeyAccess access = SecretKeyAccess.insecureBytes();
      switch (form.kind()) {
        case PAILLIER_SECRET_KEY -> PaillierSecretKey.read(access, ByteBuffer.wrap(bytes)).close();
        case CKKS_SECRET_KEY -> {
          Optional<CkksParameters> parameters = KeyParameters.preset(form.digest());
          if (parameters.isPresent()) {
            CkksSecretKey.read(access, parameters.get(), new ByteArrayInputStream(bytes)).close();
          }
        }
        default -> {
          // Its checksum matched, and no file of this command holds more.
        }
      }
    } catch (FormatException refused) {
      throw KeyStore.refused(file, refused);
    } catch (PaillierException refused) {
      throw KeyStore.invalid(file, refused);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /// Files being written; what was not finished is deleted.
  private final class Writing implements AutoCloseable {
    private final List<Path> files = new ArrayList<>();
    private boolean done;

    Writing() throws IOException {
      Files.createDirectories(folder);
    }

    void secret(byte[] form, Optional<Passphrase> passphrase) throws CommandFailed, IOException {
      KeyStore.writeSecret(begun(SECRET), form, passphrase);
    }

    void open(String name, KeyStore.Writer key) throws IOException {
      KeyStore.writePublic(begun(name), key);
    }

    private Path begun(String name) {
      Path file = folder.resolve(name);
      // A file that somebody else just made is not deleted.
      if (!Files.exists(file)) {
        files.add(file);
      }
      return file;
    }

    List<Path> done() {
      done = true;
      return List.copyOf(files);
    }

    @Override
    public void close() throws IOException {
      if (!done) {
        for (Path file : files) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
