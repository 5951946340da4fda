package ai.cifer.homocryption.ring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The wire form of residues: 50 bits each, little endian, without gaps; 4 residues in 25 bytes.
///
/// ```
///  byte   0            6|7          12|13          18|19          24
///        +--------------+-------------+--------------+--------------+
///  bit   |0           49|50         99|100        149|150        199|
///        |  residue 4i  |    4i + 1   |    4i + 2    |    4i + 3    |
///        +--------------+-------------+--------------+--------------+
/// ```
///
/// A residue starts at bit 0, 2, 4 or 6 of its byte, so one unaligned 64-bit load holds it whole;
/// the last load of an array reaches one byte further: arrays have [#PADDING] bytes more.
public final class PackedResidues {
  /// Bits of a residue.
  public static final int BITS = 50;

  /// Bytes that an array must have beyond the packed residues.
  public static final int PADDING = 8;

  private static final long MASK = (1L << BITS) - 1;
  private static final VarHandle LITTLE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private PackedResidues() {}

  /// Bytes of `residues` packed residues, a multiple of 4.
  public static int bytes(int residues) {
    return residues / 4 * 25;
  }

  /// Packs canonical residues.
  ///
  /// @param values in [0, 2^50); a multiple of 4 of them
  public static void pack(long[] values, byte[] out, int offset) {
    int o = offset;
    for (int j = 0; j < values.length; j += 4, o += 25) {
      long b = values[j + 1];
      long c = values[j + 2];
      long d = values[j + 3];
      LITTLE.set(out, o, values[j] | (b << 50));
      LITTLE.set(out, o + 8, (b >>> 14) | (c << 36));
      LITTLE.set(out, o + 16, (c >>> 28) | (d << 22));
      out[o + 24] = (byte) (d >>> 42);
    }
  }

  /// Unpacks residues as doubles.
  ///
  /// @return true if all are canonical, that is below `prime`
  public static boolean unpack(byte[] in, int offset, long prime, double[] out) {
    long excess = 0;
    int o = offset;
    for (int j = 0; j < out.length; j += 4, o += 25) {
      long a = (long) LITTLE.get(in, o) & MASK;
      long b = ((long) LITTLE.get(in, o + 6) >>> 2) & MASK;
      long c = ((long) LITTLE.get(in, o + 12) >>> 4) & MASK;
      long d = ((long) LITTLE.get(in, o + 18) >>> 6) & MASK;
      // Negative if and only if one residue is at least the prime.
      excess |= (prime - 1 - a) | (prime - 1 - b) | (prime - 1 - c) | (prime - 1 - d);
      out[j] = a;
      out[j + 1] = b;
      out[j + 2] = c;
      out[j + 3] = d;
    }
    return excess >= 0;
  }

  /// `sums[from + j] += sign·residue[j]` for `count` residues.
  ///
  /// @param sign 1 or -1
  /// @return true if all residues are canonical, that is below `prime`
  public static boolean add(
      byte[] in, int offset, long prime, int sign, long[] sums, int from, int count) {
    long excess = 0;
    int o = offset;
    for (int j = from; j < from + count; j += 4, o += 25) {
      long a = (long) LITTLE.get(in, o) & MASK;
      long b = ((long) LITTLE.get(in, o + 6) >>> 2) & MASK;
      long c = ((long) LITTLE.get(in, o + 12) >>> 4) & MASK;
      long d = ((long) LITTLE.get(in, o + 18) >>> 6) & MASK;
      excess |= (prime - 1 - a) | (prime - 1 - b) | (prime - 1 - c) | (prime - 1 - d);
      sums[j] += sign * a;
      sums[j + 1] += sign * b;
      sums[j + 2] += sign * c;
      sums[j + 3] += sign * d;
    }
    return excess >= 0;
  }

  /// Residue `index` of a packed array.
  public static long get(byte[] in, int offset, int index) {
    int bit = BITS * index;
    return ((long) LITTLE.get(in, offset + (bit >> 3)) >>> (bit & 7)) & MASK;
  }
}
