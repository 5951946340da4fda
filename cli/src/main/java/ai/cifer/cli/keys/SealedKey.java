package ai.cifer.cli.keys;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.homocryption.codec.FormKind;
import ai.cifer.homocryption.codec.ParameterDigest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// Encrypts a secret key's bytes under a passphrase: Argon2id stretches it to a key for
/// AES-256-GCM.
///
/// Salt and nonce are fresh for each file, so no pair of key and nonce is used twice.
final class SealedKey {
  private static final int KEY_BYTES = 32;

  private SealedKey() {}

  /// @param form the key's own bytes; not modified, the caller zeroes them
  /// @return a whole file, see [SealedKeyDescriptor]
  static byte[] seal(
      FormKind kind,
      ParameterDigest digest,
      byte[] form,
      Passphrase passphrase,
      StretchCost cost,
      SecureRandom random) {
    byte[] salt = new byte[SealedKeyDescriptor.SALT_BYTES];
    byte[] nonce = new byte[SealedKeyDescriptor.NONCE_BYTES];
    random.nextBytes(salt);
    random.nextBytes(nonce);
    int sealedBytes = form.length + SealedKeyDescriptor.TAG_BYTES;
    var header = new SealedKeyDescriptor.Header(kind, digest, cost, salt, nonce, sealedBytes);
    byte[] first = SealedKeyDescriptor.write(header);
    byte[] file =
        Arrays.copyOf(first, first.length + sealedBytes + SealedKeyDescriptor.TRAILER_BYTES);
    try {
      cipher(Cipher.ENCRYPT_MODE, header, first, passphrase)
          .doFinal(form, 0, form.length, file, first.length);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM: absent (expected: in every JDK)", e);
    }
    int end = first.length + sealedBytes;
    ByteBuffer.wrap(file)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(end, SealedKeyDescriptor.checksum(file, end));
    return file;
  }

  /// @return the key's own bytes; the caller zeroes them
  /// @throws CommandFailed if the file is damaged or the passphrase is another one
  static byte[] open(byte[] file, Passphrase passphrase, String where) throws CommandFailed {
    SealedKeyDescriptor.Header header = SealedKeyDescriptor.read(file, where);
    try {
      return cipher(Cipher.DECRYPT_MODE, header, file, passphrase)
          .doFinal(file, SealedKeyDescriptor.HEADER_BYTES, header.sealedBytes());
    } catch (AEADBadTagException _) {
      throw new CommandFailed(
          ExitCode.WRONG_PASSPHRASE,
          "%s: the passphrase does not open it (expected: the one given to 'cifer keys generate');"
                  .formatted(where)
              + " nobody can recover it");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM: absent (expected: in every JDK)", e);
    }
  }

  private static Cipher cipher(
      int mode, SealedKeyDescriptor.Header header, byte[] aad, Passphrase passphrase)
      throws GeneralSecurityException {
    byte[] key = stretch(passphrase, header.salt(), header.cost());
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          mode,
          new SecretKeySpec(key, "AES"),
          new GCMParameterSpec(8 * SealedKeyDescriptor.TAG_BYTES, header.nonce()));
      cipher.updateAAD(aad, 0, SealedKeyDescriptor.AAD_BYTES);
      return cipher;
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  static byte[] stretch(Passphrase passphrase, byte[] salt, StretchCost cost) {
    Argon2Parameters parameters =
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(cost.memoryKib())
            .withIterations(cost.passes())
            .withParallelism(cost.lanes())
            .withSalt(salt)
            .build();
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(parameters);
    byte[] key = new byte[KEY_BYTES];
    generator.generateBytes(passphrase.bytes(), key);
    return key;
  }
}
