package ai.cifer.homocryption.paillier;

import ai.cifer.homocryption.codec.FormKind;
import ai.cifer.homocryption.format.FrameBody;
import ai.cifer.homocryption.format.FrameExpectation;
import ai.cifer.homocryption.format.FrameReader;
import ai.cifer.homocryption.format.FrameWriter;
import ai.cifer.homocryption.format.Frames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Many small numbers under one key, packed into ciphertexts, with the count of vectors that were
/// summed in it, so that no field can overflow unseen.
///
/// The count is public and is what its sender says: a hostile sender can write a smaller one, or
/// encrypt a value that is too large. [PaillierDecryptor] then finds fields out of range, or not.
///
/// Body of the written form, version 1, little endian:
///
/// ```
///      +-----------------+-----------------+-----------------+-----------------+
///      | u32 value bits  | u32 max summands| u32 summands    | u32 values      |
///      +-----------------+-----------------+-----------------+-----------------+
///      | ciphertext 0, ⌈bits of n² / 8⌉ bytes | ciphertext 1 | ...             |
///      +-----------------------------------------------------------------------+
/// ```
///
/// Immutable.
public final class PaillierVector {
  private static final int VERSION = 1;
  private static final int HEAD_BYTES = 4 * Integer.BYTES;

  private final PaillierPublicKey key;
  private final PaillierPacking packing;
  private final int size;
  private final int summands;
  private final List<PaillierCiphertext> ciphertexts;

  PaillierVector(
      PaillierPublicKey key,
      PaillierPacking packing,
      int size,
      int summands,
      List<PaillierCiphertext> ciphertexts) {
    this.key = key;
    this.packing = packing;
    this.size = size;
    this.summands = summands;
    this.ciphertexts = List.copyOf(ciphertexts);
  }

  PaillierVector with(int newSummands, List<PaillierCiphertext> newCiphertexts) {
    return new PaillierVector(key, packing, size, newSummands, newCiphertexts);
  }

  /// The key under which it is encrypted.
  public PaillierPublicKey key() {
    return key;
  }

  /// Where the values lie.
  public PaillierPacking packing() {
    return packing;
  }

  /// The number of values.
  public int size() {
    return size;
  }

  /// The number of vectors that were summed in it, weights included.
  public int summands() {
    return summands;
  }

  /// The ciphertexts; all but the last are full.
  public List<PaillierCiphertext> ciphertexts() {
    return ciphertexts;
  }

  void requireAligned(PaillierVector other) {
    if (size != other.size || !packing.equals(other.packing)) {
      throw new IllegalArgumentException(
          "vector: %d values, %s (expected: %d values, %s, as the first)"
              .formatted(other.size, other.packing, size, packing));
    }
  }

  /// Bytes of the written form of `size` values under any key of the packing's size.
  public static long formBytes(PaillierPacking packing, int size) {
    int ciphertext = (2 * packing.keyBits() + 7) / 8;
    return Frames.bytes(HEAD_BYTES + (long) packing.ciphertexts(size) * ciphertext);
  }

  /// Bytes of the written form.
  public long formBytes() {
    return Frames.bytes(bodyBytes(ciphertexts.size()));
  }

  private long bodyBytes(long count) {
    return HEAD_BYTES + count * key.ciphertextBytes();
  }

  /// Writes the vector, ciphertext after ciphertext.
  public void write(OutputStream out) throws IOException {
    Frames.write(
        FormKind.PAILLIER_VECTOR,
        VERSION,
        key.digest(),
        bodyBytes(ciphertexts.size()),
        out,
        body());
  }

  /// Writes the vector to a buffer with [#formBytes()] remaining.
  public void write(ByteBuffer out) {
    Frames.write(
        FormKind.PAILLIER_VECTOR,
        VERSION,
        key.digest(),
        bodyBytes(ciphertexts.size()),
        out,
        body());
  }

  private FrameBody body() {
    return (FrameWriter out) -> {
      out.writeInt(packing.valueBits());
      out.writeInt(packing.maxSummands());
      out.writeInt(summands);
      out.writeInt(size);
      for (PaillierCiphertext c : ciphertexts) {
        out.writeNumber(c.value(), key.ciphertextBytes());
      }
    };
  }

  /// Reads a vector and checks every ciphertext.
  ///
  /// @param key under which it must be encrypted
  /// @param packing that it must have
  /// @param size values that it must have
  /// @throws ai.cifer.homocryption.codec.FormatException if the bytes are none
  /// @throws PaillierException.InvalidCiphertext if a number is no ciphertext
  public static PaillierVector read(
      PaillierPublicKey key, PaillierPacking packing, int size, InputStream in) throws IOException {
    return Frames.readWhole(
        in, expected(key, packing, size), body -> decode(key, packing, size, body));
  }

  /// Reads a vector from a buffer; see [#read(PaillierPublicKey, PaillierPacking, int,
  /// InputStream)].
  public static PaillierVector read(
      PaillierPublicKey key, PaillierPacking packing, int size, ByteBuffer in) {
    return Frames.readWhole(
        in, expected(key, packing, size), body -> decode(key, packing, size, body));
  }

  private static FrameExpectation expected(
      PaillierPublicKey key, PaillierPacking packing, int size) {
    packing.requireKey(key);
    if (size < 0) {
      throw new IllegalArgumentException("size: " + size + " (expected: >= 0)");
    }
    long bytes = HEAD_BYTES + (long) packing.ciphertexts(size) * key.ciphertextBytes();
    return FrameExpectation.exactly(FormKind.PAILLIER_VECTOR, VERSION, key.digest(), bytes);
  }

  private static PaillierVector decode(
      PaillierPublicKey key, PaillierPacking packing, int size, FrameReader in) throws IOException {
    in.readInt("value bits", packing.valueBits(), packing.valueBits());
    in.readInt("largest number of summands", packing.maxSummands(), packing.maxSummands());
    int summands = in.readInt("summands", 1, packing.maxSummands());
    in.readInt("values", size, size);
    int count = packing.ciphertexts(size);
    List<PaillierCiphertext> ciphertexts = new ArrayList<>();
    // One gcd for all: a factor that one shares with n is a factor of the product.
    BigInteger product = BigInteger.ONE;
    for (int i = 0; i < count; i++) {
      BigInteger value = in.readNumber(key.ciphertextBytes());
      PaillierCiphertext.requireRange(key, value);
      product = product.multiply(value).mod(key.modulus());
      ciphertexts.add(new PaillierCiphertext(key, value));
    }
    if (!product.gcd(key.modulus()).equals(BigInteger.ONE)) {
      throw PaillierCiphertext.invalid("one shares a factor with n", "gcd(c, n) = 1 for all");
    }
    return new PaillierVector(key, packing, size, summands, ciphertexts);
  }

  /// Shows sizes only.
  @Override
  public String toString() {
    return "PaillierVector(%d values in %d ciphertexts, %d summands)"
        .formatted(size, ciphertexts.size(), summands);
  }
}
