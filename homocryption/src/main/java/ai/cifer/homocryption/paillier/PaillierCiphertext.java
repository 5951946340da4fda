package ai.cifer.homocryption.paillier;

import ai.cifer.homocryption.codec.FormKind;
import ai.cifer.homocryption.format.FrameExpectation;
import ai.cifer.homocryption.format.FrameReader;
import ai.cifer.homocryption.format.Frames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/// A ciphertext: a number c with `0 < c < n²` and `gcd(c, n) = 1`, which is checked whenever one
/// comes from outside.
///
/// Body of the written form, version 1: c in ⌈bits of n² / 8⌉ bytes, little endian.
///
/// Immutable.
public final class PaillierCiphertext {
  private static final int VERSION = 1;

  private final PaillierPublicKey key;
  private final BigInteger value;

  /// Only for values that the library computed or checked.
  PaillierCiphertext(PaillierPublicKey key, BigInteger value) {
    this.key = key;
    this.value = value;
  }

  /// A ciphertext that another library made.
  ///
  /// @throws PaillierException.InvalidCiphertext if it is none under this key
  public static PaillierCiphertext of(PaillierPublicKey key, BigInteger value) {
    requireRange(key, value);
    if (!value.gcd(key.modulus()).equals(BigInteger.ONE)) {
      throw invalid("shares a factor with n", "gcd(c, n) = 1");
    }
    return new PaillierCiphertext(key, value);
  }

  static void requireRange(PaillierPublicKey key, BigInteger value) {
    if (value.signum() <= 0) {
      throw invalid(value.signum() == 0 ? "0" : "negative", "0 < c < n²");
    }
    if (value.compareTo(key.modulusSquared()) >= 0) {
      throw invalid("n² or above", "0 < c < n²");
    }
  }

  static PaillierException.InvalidCiphertext invalid(String fact, String expected) {
    return new PaillierException.InvalidCiphertext(
        "ciphertext: %s (expected: %s); ask its sender to encrypt again".formatted(fact, expected));
  }

  /// The key under which it is encrypted.
  public PaillierPublicKey key() {
    return key;
  }

  /// The number c.
  public BigInteger value() {
    return value;
  }

  /// Bytes of the written form.
  public int formBytes() {
    return Math.toIntExact(Frames.bytes(key.ciphertextBytes()));
  }

  /// Writes the ciphertext.
  public void write(OutputStream out) throws IOException {
    int bytes = key.ciphertextBytes();
    Frames.write(
        FormKind.PAILLIER_CIPHERTEXT,
        VERSION,
        key.digest(),
        bytes,
        out,
        body -> body.writeNumber(value, bytes));
  }

  /// Writes the ciphertext to a buffer with [#formBytes()] remaining.
  public void write(ByteBuffer out) {
    int bytes = key.ciphertextBytes();
    Frames.write(
        FormKind.PAILLIER_CIPHERTEXT,
        VERSION,
        key.digest(),
        bytes,
        out,
        body -> body.writeNumber(value, bytes));
  }

  /// Reads a ciphertext and checks it.
  ///
  /// @param key under which it must be encrypted
  /// @throws ai.cifer.homocryption.codec.FormatException if the bytes are none
  /// @throws PaillierException.InvalidCiphertext if the number is none
  public static PaillierCiphertext read(PaillierPublicKey key, InputStream in) throws IOException {
    return Frames.readWhole(in, expected(key), body -> decode(key, body));
  }

  /// Reads a ciphertext from a buffer and checks it.
  public static PaillierCiphertext read(PaillierPublicKey key, ByteBuffer in) {
    return Frames.readWhole(in, expected(key), body -> decode(key, body));
  }

  private static FrameExpectation expected(PaillierPublicKey key) {
    return FrameExpectation.exactly(
        FormKind.PAILLIER_CIPHERTEXT, VERSION, key.digest(), key.ciphertextBytes());
  }

  private static PaillierCiphertext decode(PaillierPublicKey key, FrameReader in)
      throws IOException {
    return of(key, in.readNumber(key.ciphertextBytes()));
  }

  /// True for the same number under the same key, not for the same plaintext.
  @Override
  public boolean equals(Object other) {
    return other instanceof PaillierCiphertext that
        && value.equals(that.value)
        && key.equals(that.key);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "PaillierCiphertext(" + key.bits() + " bits, key " + key.digest().shortHex() + ")";
  }
}
