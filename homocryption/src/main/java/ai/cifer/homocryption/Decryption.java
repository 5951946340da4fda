package ai.cifer.homocryption;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksDecryptor;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.CkksPlaintext;
import ai.cifer.homocryption.ckks.CkksSecretKey;
import ai.cifer.homocryption.ckks.ValueOutOfRange;
import java.util.Arrays;
import java.util.List;

/// Decrypts a vector and notices values that outgrew the modulus.
///
/// Coefficients are known modulo Q only. If the values grew beyond `Q/(2·scale)`, what is decoded
/// is noise of that size, without a sign of it. The coefficients of such a result are spread over
/// all of `[-Q/2, Q/2]`, so that among N of them the largest is beyond 0.98·Q/2, for N = 8192 with
/// probability `1 - 0.98^8192 > 1 - 2^-238`; those of a good result are that large only if they are
/// about to overflow.
final class Decryption {
  private static final double FULL = 0.98;

  /// Above this many bits between values of 1 and the modulus nothing overflows in practice, and
  /// doubles would not show it.
  private static final double AMPLE_BITS = 24;

  private Decryption() {}

  static double[] of(CkksSecretKey secretKey, EncryptedVector vector, Packing packing) {
    CkksDecryptor decryptor = new CkksDecryptor(secretKey);
    List<CkksCiphertext> parts = vector.ciphertexts();
    double[] values = new double[packing.length()];
    for (int piece = 0; piece < parts.size(); piece++) {
      CkksPlaintext plaintext = decryptor.decrypt(parts.get(piece));
      requireWithinModulus(vector, plaintext);
      double[] slots = vector.context().encoder().decode(plaintext);
      packing.copyOut(slots, piece, values);
      Arrays.fill(slots, 0);
    }
    return values;
  }

  private static void requireWithinModulus(EncryptedVector vector, CkksPlaintext plaintext) {
    CkksParameters parameters = plaintext.parameters();
    double bits =
        parameters.logModulus(plaintext.level()) - Math.log(plaintext.scale()) / Math.log(2);
    if (bits > AMPLE_BITS) {
      return;
    }
    double[] coefficients = new double[parameters.degree()];
    vector.context().lift().lift(plaintext.polynomial(), coefficients);
    double largest = 0;
    for (double coefficient : coefficients) {
      largest = Math.max(largest, Math.abs(coefficient));
    }
    Arrays.fill(coefficients, 0);
    double half = parameters.modulus(plaintext.level()).doubleValue() / 2;
    if (largest > FULL * half) {
      throw new ValueOutOfRange(
          "values: outgrew the modulus of level %d and are lost (expected: magnitudes below %.4g);"
                  .formatted(plaintext.level(), vector.largestValue())
              + " scale the inputs down, or use parameters of more depth so that levels are left");
    }
  }
}
