package ai.cifer.homocryption.paillier;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/// Powers of one public base, so that a power of it costs one product for each 5 bits of the
/// exponent and no squaring.
///
/// `b^x = Π_j T[j][x_j]` with `T[j][d] = b^(d·2^(5j))` and `x = Σ_j x_j·2^(5j)` (Yao; Brickell,
/// Gordon, McCurley and Wilson, EUROCRYPT 1992). Which entry is used is secret: all 32 of a window
/// are read, and the one is kept by a mask. 5 bits: 4 need a quarter more products, 6 twice the
/// memory for a tenth fewer.
///
/// Memory: `32·⌈exponentBits / 5⌉` numbers; 1.3 MB for 256 bits modulo the square of a 3072-bit n.
/// The table itself is public.
final class FixedBaseTable {
  private static final int WINDOW_BITS = 5;
  private static final int ENTRIES = 1 << WINDOW_BITS;

  private final int exponentBits;
  private final int windows;
  private final int limbs;
  private final long[] table;

  /// @param base in [1, modulus)
  /// @param exponentBits a multiple of 8
  /// @param multiply modulo the modulus
  FixedBaseTable(
      BigInteger base, int exponentBits, int modulusBits, BinaryOperator<BigInteger> multiply) {
    this(base, exponentBits, modulusBits, multiply, UnaryOperator.identity());
  }

  /// @param form what is stored of an entry, below the modulus too
  FixedBaseTable(
      BigInteger base,
      int exponentBits,
      int modulusBits,
      BinaryOperator<BigInteger> multiply,
      UnaryOperator<BigInteger> form) {
    this.exponentBits = exponentBits;
    this.windows = (exponentBits + WINDOW_BITS - 1) / WINDOW_BITS;
    this.limbs = Limbs.count(modulusBits);
    this.table = new long[windows * ENTRIES * limbs];
    BigInteger step = base;
    for (int window = 0; window < windows; window++) {
      BigInteger entry = BigInteger.ONE;
      for (int digit = 0; digit < ENTRIES; digit++) {
        store(form.apply(entry), (window * ENTRIES + digit) * limbs);
        entry = multiply.apply(entry, step);
      }
      step = entry;
    }
  }

  private void store(BigInteger value, int offset) {
    byte[] big = value.toByteArray();
    for (int i = 0; i < big.length; i++) {
      int limb = i / Long.BYTES;
      if (limb < limbs) {
        table[offset + limb] |= (big[big.length - 1 - i] & 0xffL) << (8 * (i % Long.BYTES));
      }
    }
  }

  int exponentBytes() {
    return exponentBits / Byte.SIZE;
  }

  int windows() {
    return windows;
  }

  /// Limbs of an entry.
  int limbs() {
    return limbs;
  }

  /// Digit `window` of an exponent; the addresses do not depend on its value.
  ///
  /// @param exponent little endian
  int digit(byte[] exponent, int window) {
    int bit = window * WINDOW_BITS;
    int low = exponent[bit >> 3] & 0xff;
    int next = (bit >> 3) + 1;
    int high = next < exponent.length ? exponent[next] & 0xff : 0;
    return (low | high << 8) >>> (bit & 7) & (ENTRIES - 1);
  }

  /// Copies `T[window][digit]`: every entry of the window is read, in order, and masked. The only
  /// branches are the ends of the two loops.
  ///
  /// @param digit secret, in [0, 32)
  /// @param out [#limbs()] elements
  void select(int window, int digit, long[] out) {
    Arrays.fill(out, 0);
    int offset = window * ENTRIES * limbs;
    for (int entry = 0; entry < ENTRIES; entry++) {
      long difference = entry ^ digit;
      // All ones if the difference is 0: only then has (difference - 1) its sign bit set.
      long mask = (difference - 1) >> 63;
      for (int i = 0; i < limbs; i++) {
        out[i] |= table[offset + i] & mask;
      }
      offset += limbs;
    }
  }
}
