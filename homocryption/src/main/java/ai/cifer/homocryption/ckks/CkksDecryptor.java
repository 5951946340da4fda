package ai.cifer.homocryption.ckks;

import ai.cifer.homocryption.kernel.FusedKernel;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;

/// Decrypts with the secret key.
///
/// **What may be done with the result.** CKKS is IND-CPA secure and no more. The low bits of a
/// decrypted plaintext hold the encryption error, and whoever gets enough decryptions of known
/// ciphertexts computes the secret key from them (IND-CPA-D, [1]). So plaintexts and decoded
/// vectors stay with the key holder. Publish only values rounded well above the error, or decrypt
/// by threshold, which adds smudging errors. Never decrypt what an untrusted party sends and return
/// the answer.
///
/// Thread-safe.
///
/// [1] Li, Micciancio, On the Security of Homomorphic Encryption on Approximate Numbers,
/// <https://eprint.iacr.org/2020/1533>
public final class CkksDecryptor {
  private final CkksSecretKey secretKey;

  /// @param secretKey stays the caller's to close
  public CkksDecryptor(CkksSecretKey secretKey) {
    this.secretKey = secretKey;
  }

  /// `c_0 + c_1·s + c_2·s²`.
  ///
  /// Cost: one or two products of rows for each prime; allocates one plaintext.
  ///
  /// @return the ciphertext's level and scale; with the error that its history gave it
  /// @throws WrongKey if it is encrypted under another key
  public CkksPlaintext decrypt(CkksCiphertext ciphertext) {
    Require.parameters(ciphertext.parameters(), secretKey.parameters());
    Require.key(ciphertext.keyId(), secretKey.keyId());
    RnsRing ring = secretKey.parameters().ring();
    RnsPolynomial s = secretKey.transformed();
    int last = ciphertext.size() - 1;
    double[][] rows = new double[ciphertext.polynomial(0).size()][];
    for (int i = 0; i < rows.length; i++) {
      FusedKernel kernel = ring.fused(i);
      double[] row = new double[ring.degree()];
      double[] factor = ciphertext.polynomial(last).row(i);
      for (int k = last - 1; k >= 0; k--) {
        kernel.multiplyAndAdd(factor, s.row(i), ciphertext.polynomial(k).row(i), row);
        factor = row;
      }
      rows[i] = row;
    }
    return new CkksPlaintext(
        secretKey.parameters(), new RnsPolynomial(rows), ciphertext.level(), ciphertext.scale());
  }
}
