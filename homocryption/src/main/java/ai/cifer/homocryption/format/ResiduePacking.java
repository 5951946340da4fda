package ai.cifer.homocryption.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Packs residues modulo one prime to the prime's bit width `w`, 2 to 50, little endian without
/// gaps.
///
/// ```
///  bit   |0           w-1|w         2w-1|2w        3w-1|  ...  |(n-1)w      nw-1|nw         |
///        +---------------+--------------+--------------+-------+----------------+-----------+
///        |   residue 0   |      1       |      2       |       |      n - 1     | 0 to byte |
///        +---------------+--------------+--------------+-------+----------------+-----------+
/// ```
///
/// Bit b is bit b mod 8 of byte b / 8. At w = 50 these are the bytes of
/// [PackedResidues][ai.cifer.homocryption.ring.PackedResidues], which is written out for that width
/// because it is the hot path of aggregation.
///
/// A residue starts at one of the 8 bits of a byte and has at most 50, so one unaligned 64-bit load
/// holds it (7 + 50 < 64). There is no branch or address that depends on a value.
public final class ResiduePacking {
  /// Residues that are packed at once; a multiple of 8, so that every chunk ends at a byte.
  static final int CHUNK = 1024;

  private static final int MOST_BITS = 50;
  private static final VarHandle LITTLE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final long prime;
  private final int bits;

  /// @param prime 3 to 2^50
  public ResiduePacking(long prime) {
    if (prime < 3 || prime > 1L << MOST_BITS) {
      throw new IllegalArgumentException("prime: " + prime + " (expected: 3 to 2^50)");
    }
    this.prime = prime;
    this.bits = Long.SIZE - Long.numberOfLeadingZeros(prime - 1);
  }

  /// The width: that of `prime - 1`.
  public int bits() {
    return bits;
  }

  /// Bytes of so many residues, rounded up.
  public int bytes(int residues) {
    return Math.toIntExact(((long) bits * residues + 7) / 8);
  }

  /// Packs `count` residues.
  ///
  /// @param values integers in [-prime, prime); a negative one stands for itself plus the prime
  /// @param out needs 8 bytes more than [#bytes] says
  /// @throws IllegalArgumentException if a value is out of range; `out` is then undefined
  void pack(double[] values, int from, int count, byte[] out, int offset) {
    long excess = 0;
    double fraction = 0;
    long pending = 0;
    int held = 0;
    int o = offset;
    for (int j = from; j < from + count; j++) {
      long x = (long) values[j];
      fraction += Math.abs(values[j] - x);
      x += prime & (x >> 63);
      excess |= x | (prime - 1 - x);
      pending |= x << held;
      held += bits;
      if (held >= Long.SIZE) {
        LITTLE.set(out, o, pending);
        o += Long.BYTES;
        held -= Long.SIZE;
        pending = x >>> (bits - held);
      }
    }
    LITTLE.set(out, o, pending);
    // Not a number compares as false.
    if (excess < 0 || !(fraction == 0)) {
      throw new IllegalArgumentException(
          "residue: out of range or no integer (expected: integers in [-"
              + prime
              + ", "
              + prime
              + "))");
    }
  }

  /// Unpacks `count` residues.
  ///
  /// @param in needs 8 bytes more than [#bytes] says
  /// @return true if all are below the prime and the bits after the last are 0
  boolean unpack(byte[] in, int offset, double[] out, int from, int count) {
    long mask = (1L << bits) - 1;
    long excess = 0;
    long bit = 8L * offset;
    for (int j = from; j < from + count; j++, bit += bits) {
      long x = ((long) LITTLE.get(in, (int) (bit >> 3)) >>> (int) (bit & 7)) & mask;
      excess |= prime - 1 - x;
      out[j] = x;
    }
    int rest = (int) (bit & 7);
    int padding = rest == 0 ? 0 : (in[(int) (bit >> 3)] & 0xff) >>> rest;
    return excess >= 0 && padding == 0;
  }
}
