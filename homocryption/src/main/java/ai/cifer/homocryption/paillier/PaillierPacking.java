package ai.cifer.homocryption.paillier;

import java.math.BigInteger;
import java.util.Arrays;

/// Many small numbers in one plaintext, each in a field that is wide enough for the sum of all.
///
/// ```
///  bit   |0           F-1|F         2F-1|  ...  |(k-1)F     kF-1|
///        +---------------+--------------+-------+---------------+
///        |    field 0    |      1       |       |     k - 1     |     kF < bits of n
///        +---------------+--------------+-------+---------------+
/// ```
///
/// `F = valueBits + ⌈log2 maxSummands⌉` and `k = ⌊(bits of n - 1) / F⌋`, so that a sum of
/// `maxSummands` vectors stays below `2^F` in each field and below `2^(bits - 1) <= n` in all.
///
/// @param keyBits bits of n
/// @param valueBits of one value, 1 to 62
/// @param maxSummands that a sum may have, 1 or more
public record PaillierPacking(int keyBits, int valueBits, int maxSummands) {
  private static final int MOST_FIELD_BITS = 62;

  /// Checks that fields fit.
  public PaillierPacking {
    if (valueBits < 1 || maxSummands < 1 || fieldBits(valueBits, maxSummands) > MOST_FIELD_BITS) {
      throw new IllegalArgumentException(
          "value bits: %d, summands: %d (expected: both >= 1, the field at most %d bits)"
              .formatted(valueBits, maxSummands, MOST_FIELD_BITS));
    }
    if (keyBits <= fieldBits(valueBits, maxSummands)) {
      throw new IllegalArgumentException(
          "key: %d bits (expected: more than a field's %d)"
              .formatted(keyBits, fieldBits(valueBits, maxSummands)));
    }
  }

  /// The packing for a key.
  public static PaillierPacking of(PaillierPublicKey key, int valueBits, int maxSummands) {
    return new PaillierPacking(key.bits(), valueBits, maxSummands);
  }

  private static int fieldBits(int valueBits, int maxSummands) {
    return valueBits + Integer.SIZE - Integer.numberOfLeadingZeros(maxSummands - 1);
  }

  /// F, bits of a field.
  public int fieldBits() {
    return fieldBits(valueBits, maxSummands);
  }

  /// k, fields of a plaintext: 109 at 3072 bits with values of 20 bits and 256 summands.
  public int fields() {
    return (keyBits - 1) / fieldBits();
  }

  /// Ciphertexts that so many values need.
  public int ciphertexts(int values) {
    return Math.ceilDiv(values, fields());
  }

  void requireKey(PaillierPublicKey key) {
    if (key.bits() != keyBits) {
      throw new IllegalArgumentException(
          "packing: for a key of %d bits (expected: %d); use PaillierPacking.of(key, ...)"
              .formatted(keyBits, key.bits()));
    }
  }

  /// The message does not show the value, which is a secret.
  void requireValues(long[] values) {
    long excess = 0;
    for (long value : values) {
      excess |= value >>> valueBits;
    }
    if (excess != 0) {
      throw new PaillierException.FieldOverflow(
          "values: one is negative or too large (expected: all 0 to 2^%d - 1); quantise to fewer"
                  .formatted(valueBits)
              + " bits or pack with more");
    }
  }

  void requireSummands(long summands) {
    if (summands > maxSummands) {
      throw new PaillierException.FieldOverflow(
          "summands: %d (expected: at most %d); pack for more summands, or decrypt in parts"
              .formatted(summands, maxSummands));
    }
  }

  /// @param values in range
  BigInteger pack(long[] values, int from, int count) {
    byte[] big = new byte[keyBits / Byte.SIZE + 1];
    int bit = 0;
    for (int i = from; i < from + count; i++, bit += fieldBits()) {
      // A value of up to 62 bits at one of 8 bit positions touches up to 9 bytes.
      int last = big.length - 1 - (bit >> 3);
      int shift = bit & 7;
      big[last] |= (byte) (values[i] << shift);
      long rest = values[i] >>> (Byte.SIZE - shift);
      for (int b = 1; b <= Long.BYTES && last - b >= 0; b++) {
        big[last - b] |= (byte) rest;
        rest >>>= Byte.SIZE;
      }
    }
    BigInteger packed = new BigInteger(1, big);
    Arrays.fill(big, (byte) 0);
    return packed;
  }

  /// Takes the sums out of a plaintext.
  ///
  /// @param count fields that are in use; the others must be 0
  void unpack(BigInteger plaintext, int summands, long[] out, int from, int count) {
    long most = summands * ((1L << valueBits) - 1);
    long mask = (1L << fieldBits()) - 1;
    boolean overflow = plaintext.bitLength() > count * fieldBits();
    BigInteger rest = plaintext;
    for (int i = 0; i < count; i++) {
      long value = rest.longValue() & mask;
      overflow |= value > most;
      out[from + i] = value;
      rest = rest.shiftRight(fieldBits());
    }
    if (overflow) {
      Arrays.fill(out, from, from + count, 0);
      throw new PaillierException.FieldOverflow(
          ("sums: a field is above what %d summands of %d bits give, or a field out of use is not 0"
                  + " (expected: neither); a sender's values were out of range, or the vector was"
                  + " changed: find out whose")
              .formatted(summands, valueBits));
    }
  }
}
