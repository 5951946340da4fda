package ai.cifer.homocryption.kernel;

import static ai.cifer.homocryption.kernel.FmaArithmetic.centre;
import static ai.cifer.homocryption.kernel.FmaArithmetic.multiply;
import static ai.cifer.homocryption.kernel.FmaArithmetic.toLong;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// The plain Java masking kernel. Where it can, a loop has the shape that the C2 compiler turns
/// into vector code by itself.
final class ScalarMasking implements MaskingKernel {
  static final long LOW_50 = (1L << 50) - 1;

  private static final int EXPONENT = 0x7f80_0000;
  private static final int EXPONENT_UNIT = 0x0080_0000;
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  @Override
  public void gaussian(AliasTable table, byte[] random, byte[] out, long[] scratch) {
    int group = AliasTable.GROUP;
    for (int from = 0; from < out.length; from += group) {
      select(table.entries, random, 8 * from, scratch);
      for (int j = 0; j < group; j++) {
        int at = 8 * from + j;
        long fraction = 0;
        for (int plane = 1; plane <= AliasTable.FRACTION_BYTES; plane++) {
          fraction = fraction << 8 | (random[at + plane * group] & 0xff);
        }
        long entry = scratch[group + j];
        long threshold = entry & ((1L << AliasTable.FRACTION_BITS) - 1);
        long column = (fraction - threshold) >> 63;
        long magnitude = (scratch[j] & column) | ((entry >>> AliasTable.FRACTION_BITS) & ~column);
        long sign = random[at] >> 7;
        out[from + j] = (byte) ((magnitude ^ sign) - sign);
      }
    }
  }

  /// The columns of 64 samples to the first half of `scratch`, their entries to the second half. To
  /// keep addresses free of secrets, every entry is looked at for every sample.
  private static void select(long[] entries, byte[] random, int at, long[] scratch) {
    int group = AliasTable.GROUP;
    for (int j = 0; j < group; j++) {
      scratch[j] = random[at + j] & 0x7f;
    }
    Arrays.fill(scratch, group, 2 * group, 0);
    for (int c = 0; c < AliasTable.COLUMNS; c += 4) {
      gather(scratch, c, entries[c], entries[c + 1], entries[c + 2], entries[c + 3]);
    }
  }

  // (x - 1) >> 63 is -1 for x = 0 and 0 for x > 0.
  private static void gather(long[] scratch, int c, long e0, long e1, long e2, long e3) {
    for (int j = 0; j < AliasTable.GROUP; j++) {
      long column = scratch[j];
      scratch[AliasTable.GROUP + j] |=
          (((column ^ c) - 1) >> 63 & e0)
              | (((column ^ (c + 1)) - 1) >> 63 & e1)
              | (((column ^ (c + 2)) - 1) >> 63 & e2)
              | (((column ^ (c + 3)) - 1) >> 63 & e3);
    }
  }

  @Override
  public int quantise(
      float[] update,
      int from,
      int to,
      int shift,
      float clip,
      double factor,
      int levels,
      byte[] random,
      int[] slots) {
    int nonFinite = 0;
    for (int i = from; i < to; i++) {
      float x = update[i];
      // The exponent of NaN and infinity is all ones: one unit more carries into the sign bit.
      nonFinite |= (Float.floatToRawIntBits(x) & EXPONENT) + EXPONENT_UNIT;
      double clipped = Math.min(Math.max(x, -clip), clip);
      double xi = ((int) INTS.get(random, 3 * (i + shift)) & 0xff_ffff) * 0x1p-24;
      int value = (int) Math.floor(Math.fma(clipped, factor, xi));
      slots[i + shift] = Math.min(Math.max(value, -levels), levels) + levels + 1;
    }
    return nonFinite;
  }

  @Override
  public boolean finite(float[] values, int count) {
    return finite(values, 0, count);
  }

  static boolean finite(float[] values, int from, int count) {
    int carries = 0;
    for (int i = from; i < count; i++) {
      carries |= (Float.floatToRawIntBits(values[i]) & EXPONENT) + EXPONENT_UNIT;
    }
    return carries >= 0;
  }

  @Override
  public int message(
      FieldPacking packing, int[] slots, byte[] error, double[] scratch, double[][] out) {
    int tile = FieldPacking.TILE;
    int union = 0;
    int last = packing.digits() - 1;
    for (int from = 0; from < packing.degree; from += tile) {
      for (int g = 0; g <= last; g++) {
        union |= join(packing, g, slots, from, scratch);
      }
      addError(packing, error, from, scratch);
      for (int i = 0; i < out.length; i++) {
        double p = packing.primes[i];
        reduce(scratch, p, out[i], from);
        for (int g = 1; g <= last; g++) {
          addScaled(scratch, g * tile, packing.factors[i][g], p, out[i], from);
        }
      }
    }
    return union;
  }

  private static int join(FieldPacking packing, int g, int[] slots, int from, double[] scratch) {
    int tile = FieldPacking.TILE;
    int to = g * tile;
    int low = packing.first[g] * packing.degree + from;
    int high = low + packing.degree;
    int union = 0;
    switch (packing.count[g]) {
      case 0 -> Arrays.fill(scratch, to, to + tile, 0);
      case 1 -> {
        for (int j = 0; j < tile; j++) {
          union |= slots[low + j];
          scratch[to + j] = slots[low + j];
        }
      }
      default -> {
        for (int j = 0; j < tile; j++) {
          union |= slots[low + j] | slots[high + j];
          scratch[to + j] = Math.fma((double) slots[high + j], packing.radix, slots[low + j]);
        }
      }
    }
    return union;
  }

  static double errorFactor(FieldPacking packing) {
    return switch (packing.count[packing.digits() - 1]) {
      case 0 -> 1;
      case 1 -> packing.radix;
      default -> packing.radixSquared;
    };
  }

  private static void addError(FieldPacking packing, byte[] error, int from, double[] scratch) {
    double factor = errorFactor(packing);
    int to = (packing.digits() - 1) * FieldPacking.TILE;
    for (int j = 0; j < FieldPacking.TILE; j++) {
      scratch[to + j] = Math.fma((double) error[from + j], factor, scratch[to + j]);
    }
  }

  private static void reduce(double[] digits, double p, double[] out, int from) {
    double ni = -1 / p;
    for (int j = 0; j < FieldPacking.TILE; j++) {
      out[from + j] = centre(digits[j], p, ni);
    }
  }

  // |product| ≤ (1/2 + 2^51·2^-53)p, so the argument of centre stays below 1.3p.
  private static void addScaled(
      double[] digits, int offset, double factor, double p, double[] out, int from) {
    double ni = -1 / p;
    for (int j = 0; j < FieldPacking.TILE; j++) {
      double product = multiply(digits[offset + j], factor, p, ni);
      out[from + j] = centre(out[from + j] + product, p, ni);
    }
  }

  // uniform < 2^50, so |product| ≤ (1/2 + 1/8)p, and the argument of centre stays below 1.2p.
  @Override
  public boolean mask(
      byte[] uniform, double[] secret, double[] message, long prime, byte[] out, int offset) {
    double p = (double) prime;
    double ni = -1 / p;
    long excess = 0;
    int i = 0;
    int o = offset;
    for (int j = 0; j < secret.length; j += 4, i += 25, o += 25) {
      long u0 = residue0(uniform, i);
      long u1 = residue1(uniform, i);
      long u2 = residue2(uniform, i);
      long u3 = residue3(uniform, i);
      excess |= (prime - 1 - u0) | (prime - 1 - u1) | (prime - 1 - u2) | (prime - 1 - u3);
      long a = masked(u0, secret[j], message[j], p, ni);
      long b = masked(u1, secret[j + 1], message[j + 1], p, ni);
      long c = masked(u2, secret[j + 2], message[j + 2], p, ni);
      long d = masked(u3, secret[j + 3], message[j + 3], p, ni);
      LONGS.set(out, o, a | (b << 50));
      LONGS.set(out, o + 8, (b >>> 14) | (c << 36));
      LONGS.set(out, o + 16, (c >>> 28) | (d << 22));
      out[o + 24] = (byte) (d >>> 42);
    }
    return excess >= 0;
  }

  private static long masked(long uniform, double secret, double message, double p, double ni) {
    double product = multiply((double) uniform, secret, p, ni);
    long residue = toLong(centre(product + message, p, ni));
    return residue + ((residue >> 63) & (long) p);
  }

  /// The four residues of 25 bytes; the last is read two bytes early, so that no byte beyond the 25
  /// is touched.
  private static long residue0(byte[] in, int at) {
    return (long) LONGS.get(in, at) & LOW_50;
  }

  private static long residue1(byte[] in, int at) {
    return ((long) LONGS.get(in, at + 6) >>> 2) & LOW_50;
  }

  private static long residue2(byte[] in, int at) {
    return ((long) LONGS.get(in, at + 12) >>> 4) & LOW_50;
  }

  private static long residue3(byte[] in, int at) {
    return (long) LONGS.get(in, at + 17) >>> 14;
  }

  @Override
  public boolean fold(byte[] in, int offset, long prime, long[] sum, int from, int count) {
    long excess = 0;
    int i = offset;
    for (int j = from; j < from + count; j += 4, i += 25) {
      long a = residue0(in, i);
      long b = residue1(in, i);
      long c = residue2(in, i);
      long d = residue3(in, i);
      excess |= (prime - 1 - a) | (prime - 1 - b) | (prime - 1 - c) | (prime - 1 - d);
      sum[j] += a;
      sum[j + 1] += b;
      sum[j + 2] += c;
      sum[j + 3] += d;
    }
    return excess >= 0;
  }

  @Override
  public boolean unmask(
      byte[] uniform, double[] secret, long[] sum, int from, long prime, double[] out) {
    double p = (double) prime;
    double ni = -1 / p;
    double complement = 0x1p50 - p;
    long excess = 0;
    int i = 0;
    for (int j = 0; j < out.length; j += 4, i += 25) {
      long u0 = residue0(uniform, i);
      long u1 = residue1(uniform, i);
      long u2 = residue2(uniform, i);
      long u3 = residue3(uniform, i);
      excess |= (prime - 1 - u0) | (prime - 1 - u1) | (prime - 1 - u2) | (prime - 1 - u3);
      out[j] = unmasked(sum[from + j], u0, secret[j], complement, p, ni);
      out[j + 1] = unmasked(sum[from + j + 1], u1, secret[j + 1], complement, p, ni);
      out[j + 2] = unmasked(sum[from + j + 2], u2, secret[j + 2], complement, p, ni);
      out[j + 3] = unmasked(sum[from + j + 3], u3, secret[j + 3], complement, p, ni);
    }
    return excess >= 0;
  }

  // sum = high·2^50 + low ≡ high·(2^50 - p) + low, with high < 2^13 and 2^50 - p < 2^36: the
  // sum is an integer under 2p, exact; the argument of centre stays below 2.7p.
  private static double unmasked(
      long sum, long uniform, double secret, double complement, double p, double ni) {
    double high = sum >>> 50;
    double low = sum & LOW_50;
    double product = multiply((double) uniform, secret, p, ni);
    return centre(Math.fma(high, complement, low) - product, p, ni);
  }

  @Override
  public void subtractAndScale(double[] a, double[] digit, double factor, long prime) {
    double p = (double) prime;
    double ni = -1 / p;
    for (int j = 0; j < a.length; j++) {
      a[j] = centre(multiply(a[j] - digit[j], factor, p, ni), p, ni);
    }
  }

  @Override
  public void toLongs(double[] a, long[] out) {
    for (int j = 0; j < out.length; j++) {
      out[j] = toLong(a[j]);
    }
  }

  // A field ends in `low` or in `high`; what is shifted beyond it is masked.
  @Override
  public void field(long[] low, long[] high, int shift, int bits, long[] out, int from) {
    long mask = (1L << bits) - 1;
    for (int j = 0; j < low.length; j++) {
      out[from + j] = ((low[j] >>> shift) | (high[j] << (50 - shift))) & mask;
    }
  }
}
