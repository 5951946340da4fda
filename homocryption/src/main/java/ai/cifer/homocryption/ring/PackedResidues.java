package ai.cifer.homocryption.ring;

import ai.cifer.homocryption.kernel.MaskingKernel;
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
/// A residue starts at bit 0, 2, 4 or 6 of its byte, so one unaligned 64-bit load holds it whole.
/// The kernels pack and unpack in the same pass as they calculate, see [MaskingKernel].
public final class PackedResidues {
  /// Bits of a residue.
  public static final int BITS = 50;

  /// Bytes that an array must have beyond the packed residues, so that a vector may be loaded and
  /// stored whole.
  public static final int PADDING = MaskingKernel.PADDING;

  private static final long MASK = (1L << BITS) - 1;
  private static final VarHandle LITTLE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private PackedResidues() {}

  /// Bytes of `residues` packed residues, a multiple of 4.
  public static int bytes(int residues) {
    return residues / 4 * 25;
  }

  /// Takes back what [MaskingKernel#fold] added: `sums[j] -= residue[j]`.
  public static void subtract(byte[] in, int offset, long[] sums) {
    for (int j = 0; j < sums.length; j++) {
      sums[j] -= get(in, offset, j);
    }
  }

  /// Residue `index` of a packed array.
  public static long get(byte[] in, int offset, int index) {
    int bit = BITS * index;
    return ((long) LITTLE.get(in, offset + (bit >> 3)) >>> (bit & 7)) & MASK;
  }

  /// Overwrites residue `index` of a packed array.
  ///
  /// @param value in [0, 2^50)
  public static void set(byte[] in, int offset, int index, long value) {
    int bit = BITS * index;
    int at = offset + (bit >> 3);
    int shift = bit & 7;
    long others = (long) LITTLE.get(in, at) & ~(MASK << shift);
    LITTLE.set(in, at, others | (value << shift));
  }
}
