package ai.cifer.secagg.share;

import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.Message;
import ai.cifer.secagg.message.SealedShare;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// What sender and recipient of a share compute alike.
///
/// ```
/// key   = HKDF-SHA256(X25519 secret | ML-KEM secret;
///           info = label, ctx, i, j, segment, attempt, X25519 ephemeral key, ML-KEM ciphertext,
///                  X25519 key of j, ML-KEM key of j)
/// share = AES-256-GCM(key, nonce 0; AAD = label, ctx, segment, attempt, i, j)
/// ```
///
/// The nonce may be constant because a key seals one plaintext. Both secrets go into the key, so it
/// holds as long as one of the two problems does.
final class SealingKeys {
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 8 * SealedShare.TAG_BYTES;

  private SealingKeys() {}

  /// @param share its ciphertext is not looked at
  static Cipher cipher(int mode, byte[] secrets, SealedShare share, HelperHello recipient)
      throws GeneralSecurityException {
    byte[] info =
        FieldWriter.of("cifer.share-key", Message.VERSION)
            .fixed(share.ctx(), Hashing.BYTES)
            .text(share.client())
            .text(share.helper())
            .u31(share.segment())
            .u31(share.attempt())
            .fixed(share.x25519(), HelperHello.X25519_BYTES)
            .fixed(share.mlKem(), SealedShare.ML_KEM_BYTES)
            .fixed(recipient.x25519(), HelperHello.X25519_BYTES)
            .fixed(recipient.mlKem(), HelperHello.ML_KEM_KEY_BYTES)
            .toByteArray();
    byte[] associated =
        FieldWriter.of("cifer.share", Message.VERSION)
            .fixed(share.ctx(), Hashing.BYTES)
            .u31(share.segment())
            .u31(share.attempt())
            .text(share.client())
            .text(share.helper())
            .toByteArray();
    byte[] key =
        KDF.getInstance("HKDF-SHA256")
            .deriveData(HKDFParameterSpec.ofExtract().addIKM(secrets).thenExpand(info, KEY_BYTES));
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          mode,
          new SecretKeySpec(key, "AES"),
          new GCMParameterSpec(TAG_BITS, new byte[NONCE_BYTES]));
      cipher.updateAAD(associated);
      return cipher;
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }
}
