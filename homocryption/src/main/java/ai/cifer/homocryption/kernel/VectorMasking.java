package ai.cifer.homocryption.kernel;

import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// The masking kernel on vectors of 512 or 256 bits, 8 or 4 residues at a time.
///
/// Packing and unpacking are one permutation of bytes (two to pack) and a shift of each lane by 0,
/// 2, 4 or 6 bits: 8 residues are 50 bytes, 4 are 25, so both widths begin every group at a whole
/// byte. With 128 bits a group would have 12.5 bytes, and [ScalarMasking] serves.
///
/// The loops are written out: C2 gives up inlining small vector methods inside large ones, and what
/// is not inlined is boxed.
final class VectorMasking implements MaskingKernel {
  private static final VectorSpecies<Double> DOUBLES = MaskingLanes.species();
  private static final VectorShape SHAPE = DOUBLES.vectorShape();
  private static final int LANES = DOUBLES.length();
  private static final VectorSpecies<Long> LONGS = VectorSpecies.of(long.class, SHAPE);
  private static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class, SHAPE);
  private static final VectorShape HALF = VectorShape.forBitSize(SHAPE.vectorBitSize() / 2);
  private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, HALF);
  private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, HALF);
  private static final VectorSpecies<Byte> EIGHT_BYTES = ByteVector.SPECIES_64;
  private static final VectorSpecies<Integer> EIGHT_INTS = IntVector.SPECIES_256;

  /// Bytes of a vector, and of the residues of a vector.
  private static final int WIDTH = BYTES.length();

  private static final int PACKED = LANES * 50 / 8;

  private static final double ROUNDER = FmaArithmetic.ROUNDER;
  private static final long ROUNDER_BITS = Double.doubleToRawLongBits(ROUNDER);
  private static final double TWO_52 = 0x1p52;
  private static final long TWO_52_BITS = Double.doubleToRawLongBits(TWO_52);
  private static final double TWO_28 = 0x1p28;
  private static final long TWO_28_BITS = Double.doubleToRawLongBits(TWO_28);
  private static final long LOW_50 = (1L << 50) - 1;
  private static final int FLOAT_INFINITY = 0x7f80_0000;

  /// Byte b of lane k is byte `⌊50k/8⌋ + b` of the packed group.
  private static final ByteVector UNPACK = unpackIndex(50);

  /// As [#UNPACK], for integers of 24 bits.
  private static final ByteVector UNPACK_24 = unpackIndex(24);

  /// Byte b of the packed group is the union of two bytes of lanes shifted left by [#SHIFTS]. Where
  /// one byte is enough, the other index points at byte 7 of lane 0, which is zero.
  private static final ByteVector PACK_HIGH = packIndex(true);

  private static final ByteVector PACK_LOW = packIndex(false);

  /// `50k mod 8`.
  private static final LongVector SHIFTS = shifts();

  /// For the part of a call that is too short for vectors.
  private final ScalarMasking scalar = new ScalarMasking();

  private static ByteVector unpackIndex(int bits) {
    byte[] index = new byte[WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      index[i] = (byte) (bits * (i / 8) / 8 + i % 8);
    }
    return ByteVector.fromArray(BYTES, index, 0);
  }

  private static ByteVector packIndex(boolean higherLane) {
    byte[] index = new byte[WIDTH];
    Arrays.fill(index, (byte) 7);
    for (int b = 0; b < PACKED; b++) {
      int lane = 8 * b / 50;
      int next = lane + 1;
      if (!higherLane) {
        index[b] = (byte) (8 * lane + b - 50 * lane / 8);
      } else if (8 * b + 7 >= 50 * next && next < LANES) {
        index[b] = (byte) (8 * next);
      }
    }
    return ByteVector.fromArray(BYTES, index, 0);
  }

  private static LongVector shifts() {
    long[] shifts = new long[LANES];
    for (int k = 0; k < LANES; k++) {
      shifts[k] = 50L * k % 8;
    }
    return LongVector.fromArray(LONGS, shifts, 0);
  }

  @Override
  public void gaussian(AliasTable table, byte[] random, byte[] out, long[] scratch) {
    if (WIDTH == AliasTable.GROUP) {
      VectorGaussian.sample512(table.thresholdPlanes, table.aliases, random, out);
    } else {
      VectorGaussian.sample256(table.thresholdPlanes, table.aliases, random, out);
    }
  }

  // ξ·2^24 in the low bits of 2^28 is 2^28 + ξ, exactly. The floor of y is its rounding r, less one
  // if r > y. Magnitudes of floats are ordered as their bits are, so clipping works on integers and
  // the largest magnitude tells whether a value is not finite.
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
    IntVector largest = IntVector.zero(INTS);
    IntVector magnitudeBits = IntVector.broadcast(INTS, Integer.MAX_VALUE);
    IntVector clipBits = IntVector.broadcast(INTS, Float.floatToRawIntBits(clip));
    ByteVector unpack = UNPACK_24;
    LongVector low24 = LongVector.broadcast(LONGS, 0xff_ffff);
    LongVector two28 = LongVector.broadcast(LONGS, TWO_28_BITS);
    LongVector offset = LongVector.broadcast(LONGS, levels + 1 - ROUNDER_BITS);
    LongVector most = LongVector.broadcast(LONGS, 2L * levels + 1);
    LongVector least = LongVector.broadcast(LONGS, 1);
    DoubleVector rounder = DoubleVector.broadcast(DOUBLES, ROUNDER);
    DoubleVector factors = DoubleVector.broadcast(DOUBLES, factor);
    int i = from;
    for (; i <= to - LANES; i += LANES) {
      DoubleVector xi =
          unpack
              .selectFrom(ByteVector.fromArray(BYTES, random, 3 * (i + shift)))
              .reinterpretAsLongs()
              .and(low24)
              .or(two28)
              .reinterpretAsDoubles()
              .sub(TWO_28);
      IntVector bits = FloatVector.fromArray(FLOATS, update, i).reinterpretAsInts();
      IntVector magnitude = bits.and(magnitudeBits);
      largest = largest.max(magnitude);
      FloatVector clipped =
          magnitude
              .min(clipBits)
              .or(bits.lanewise(VectorOperators.AND_NOT, magnitudeBits))
              .reinterpretAsFloats();
      DoubleVector y =
          ((DoubleVector) clipped.convertShape(VectorOperators.F2D, DOUBLES, 0)).fma(factors, xi);
      DoubleVector shifted = y.add(rounder);
      DoubleVector rounded = shifted.sub(rounder);
      LongVector slot =
          shifted
              .reinterpretAsLongs()
              .add(offset)
              .sub(least, y.compare(VectorOperators.LT, rounded).cast(LONGS))
              .min(most)
              .max(least);
      ((IntVector) slot.convertShape(VectorOperators.L2I, INTS, 0)).intoArray(slots, i + shift);
    }
    int nonFinite = FLOAT_INFINITY - 1 - largest.reduceLanes(VectorOperators.MAX);
    return nonFinite | scalar.quantise(update, i, to, shift, clip, factor, levels, random, slots);
  }

  @Override
  public boolean finite(float[] values, int count) {
    IntVector largest = IntVector.zero(INTS);
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      IntVector bits = FloatVector.fromArray(FLOATS, values, i).reinterpretAsInts();
      largest = largest.max(bits.and(Integer.MAX_VALUE));
    }
    return largest.reduceLanes(VectorOperators.MAX) < FLOAT_INFINITY
        && ScalarMasking.finite(values, i, count);
  }

  @Override
  public int message(
      FieldPacking packing, int[] slots, byte[] error, double[] scratch, double[][] out) {
    int tile = FieldPacking.TILE;
    int union = 0;
    int last = packing.digits() - 1;
    double errorFactor = ScalarMasking.errorFactor(packing);
    for (int from = 0; from < packing.degree; from += tile) {
      for (int g = 0; g <= last; g++) {
        int low = packing.first[g] * packing.degree + from;
        switch (packing.count[g]) {
          case 0 -> Arrays.fill(scratch, g * tile, g * tile + tile, 0);
          case 1 -> union |= convert(slots, low, scratch, g * tile);
          default -> {
            int high = low + packing.degree;
            union |= join(slots, low, high, packing.radix, scratch, g * tile);
          }
        }
      }
      addError(error, from, errorFactor, scratch, last * tile);
      for (int i = 0; i < out.length; i++) {
        double p = packing.primes[i];
        double[] factors = packing.factors[i];
        if (last == 0) {
          reduce(scratch, p, out[i], from);
        } else {
          addScaled(scratch, 0, scratch, tile, factors[1], p, out[i], from);
        }
        for (int g = 2; g <= last; g++) {
          addScaled(out[i], from, scratch, g * tile, factors[g], p, out[i], from);
        }
      }
    }
    return union;
  }

  private static int convert(int[] slots, int low, double[] out, int to) {
    IntVector union = IntVector.zero(INTS);
    for (int j = 0; j < FieldPacking.TILE; j += LANES) {
      IntVector x = IntVector.fromArray(INTS, slots, low + j);
      union = union.or(x);
      ((DoubleVector) x.convertShape(VectorOperators.I2D, DOUBLES, 0)).intoArray(out, to + j);
    }
    return union.reduceLanes(VectorOperators.OR);
  }

  private static int join(int[] slots, int low, int high, double radix, double[] out, int to) {
    DoubleVector radixes = DoubleVector.broadcast(DOUBLES, radix);
    IntVector union = IntVector.zero(INTS);
    for (int j = 0; j < FieldPacking.TILE; j += LANES) {
      IntVector x = IntVector.fromArray(INTS, slots, low + j);
      IntVector y = IntVector.fromArray(INTS, slots, high + j);
      union = union.or(x).or(y);
      DoubleVector xs = (DoubleVector) x.convertShape(VectorOperators.I2D, DOUBLES, 0);
      DoubleVector ys = (DoubleVector) y.convertShape(VectorOperators.I2D, DOUBLES, 0);
      ys.fma(radixes, xs).intoArray(out, to + j);
    }
    return union.reduceLanes(VectorOperators.OR);
  }

  private static void addError(byte[] error, int from, double factor, double[] out, int to) {
    DoubleVector factors = DoubleVector.broadcast(DOUBLES, factor);
    for (int j = 0; j < FieldPacking.TILE; j += 8) {
      IntVector e =
          (IntVector)
              ByteVector.fromArray(EIGHT_BYTES, error, from + j)
                  .convertShape(VectorOperators.B2I, EIGHT_INTS, 0);
      ((DoubleVector) e.convertShape(VectorOperators.I2D, DOUBLES, 0))
          .fma(factors, DoubleVector.fromArray(DOUBLES, out, to + j))
          .intoArray(out, to + j);
      if (LANES == 4) {
        ((DoubleVector) e.convertShape(VectorOperators.I2D, DOUBLES, 1))
            .fma(factors, DoubleVector.fromArray(DOUBLES, out, to + j + 4))
            .intoArray(out, to + j + 4);
      }
    }
  }

  private static void reduce(double[] digits, double p, double[] out, int from) {
    DoubleVector prime = DoubleVector.broadcast(DOUBLES, p);
    DoubleVector ni = DoubleVector.broadcast(DOUBLES, -1 / p);
    DoubleVector rounder = DoubleVector.broadcast(DOUBLES, ROUNDER);
    for (int j = 0; j < FieldPacking.TILE; j += LANES) {
      DoubleVector x = DoubleVector.fromArray(DOUBLES, digits, j);
      x.fma(ni, rounder).sub(rounder).fma(prime, x).intoArray(out, from + j);
    }
  }

  /// `out = addend + digits·factor`; the bound is that of [ScalarMasking].
  private static void addScaled(
      double[] addend,
      int addendFrom,
      double[] digits,
      int digitsFrom,
      double factor,
      double p,
      double[] out,
      int from) {
    DoubleVector prime = DoubleVector.broadcast(DOUBLES, p);
    DoubleVector ni = DoubleVector.broadcast(DOUBLES, -1 / p);
    DoubleVector rounder = DoubleVector.broadcast(DOUBLES, ROUNDER);
    DoubleVector w = DoubleVector.broadcast(DOUBLES, factor);
    DoubleVector nw = DoubleVector.broadcast(DOUBLES, -factor);
    for (int j = 0; j < FieldPacking.TILE; j += LANES) {
      DoubleVector a = DoubleVector.fromArray(DOUBLES, digits, digitsFrom + j);
      DoubleVector h = a.mul(w);
      DoubleVector x =
          h.fma(ni, rounder)
              .sub(rounder)
              .fma(prime, h)
              .sub(a.fma(nw, h))
              .add(DoubleVector.fromArray(DOUBLES, addend, addendFrom + j));
      x.fma(ni, rounder).sub(rounder).fma(prime, x).intoArray(out, from + j);
    }
  }

  @Override
  public boolean mask(
      byte[] uniform, double[] secret, double[] message, long prime, byte[] out, int offset) {
    ByteVector unpack = UNPACK;
    ByteVector packLow = PACK_LOW;
    ByteVector packHigh = PACK_HIGH;
    LongVector shifts = SHIFTS;
    LongVector low50 = LongVector.broadcast(LONGS, LOW_50);
    LongVector two52 = LongVector.broadcast(LONGS, TWO_52_BITS);
    LongVector most = LongVector.broadcast(LONGS, prime - 1);
    LongVector excess = LongVector.zero(LONGS);
    DoubleVector p = DoubleVector.broadcast(DOUBLES, (double) prime);
    DoubleVector ni = DoubleVector.broadcast(DOUBLES, -1.0 / prime);
    DoubleVector rounder = DoubleVector.broadcast(DOUBLES, ROUNDER);
    for (int j = 0, i = 0, o = offset; j < secret.length; j += LANES, i += PACKED, o += PACKED) {
      LongVector chunk =
          unpack
              .selectFrom(ByteVector.fromArray(BYTES, uniform, i))
              .reinterpretAsLongs()
              .lanewise(VectorOperators.LSHR, shifts)
              .and(low50);
      excess = excess.or(most.sub(chunk));
      DoubleVector u = chunk.or(two52).reinterpretAsDoubles().sub(TWO_52);
      DoubleVector s = DoubleVector.fromArray(DOUBLES, secret, j);
      DoubleVector h = u.mul(s);
      DoubleVector x =
          h.fma(ni, rounder)
              .sub(rounder)
              .fma(p, h)
              .sub(u.fma(s.neg(), h))
              .add(DoubleVector.fromArray(DOUBLES, message, j));
      DoubleVector centred = x.fma(ni, rounder).sub(rounder).fma(p, x);
      ByteVector residues =
          centred
              .add(p, centred.compare(VectorOperators.LT, 0))
              .add(TWO_52)
              .reinterpretAsLongs()
              .sub(two52)
              .lanewise(VectorOperators.LSHL, shifts)
              .reinterpretAsBytes();
      packLow.selectFrom(residues).or(packHigh.selectFrom(residues)).intoArray(out, o);
    }
    return excess.reduceLanes(VectorOperators.OR) >= 0;
  }

  @Override
  public boolean fold(byte[] in, int offset, long prime, long[] sum, int from, int count) {
    ByteVector unpack = UNPACK;
    LongVector shifts = SHIFTS;
    LongVector low50 = LongVector.broadcast(LONGS, LOW_50);
    LongVector most = LongVector.broadcast(LONGS, prime - 1);
    LongVector excess = LongVector.zero(LONGS);
    int j = from;
    int i = offset;
    // The last vectors of an array without padding would reach beyond its end.
    for (; j < from + count && i <= in.length - WIDTH; j += LANES, i += PACKED) {
      LongVector residue =
          unpack
              .selectFrom(ByteVector.fromArray(BYTES, in, i))
              .reinterpretAsLongs()
              .lanewise(VectorOperators.LSHR, shifts)
              .and(low50);
      excess = excess.or(most.sub(residue));
      LongVector.fromArray(LONGS, sum, j).add(residue).intoArray(sum, j);
    }
    boolean rest = scalar.fold(in, i, prime, sum, j, from + count - j);
    return rest && excess.reduceLanes(VectorOperators.OR) >= 0;
  }

  @Override
  public boolean unmask(
      byte[] uniform, double[] secret, long[] sum, int from, long prime, double[] out) {
    ByteVector unpack = UNPACK;
    LongVector shifts = SHIFTS;
    LongVector low50 = LongVector.broadcast(LONGS, LOW_50);
    LongVector two52 = LongVector.broadcast(LONGS, TWO_52_BITS);
    LongVector most = LongVector.broadcast(LONGS, prime - 1);
    LongVector excess = LongVector.zero(LONGS);
    DoubleVector p = DoubleVector.broadcast(DOUBLES, (double) prime);
    DoubleVector ni = DoubleVector.broadcast(DOUBLES, -1.0 / prime);
    DoubleVector complement = DoubleVector.broadcast(DOUBLES, 0x1p50 - prime);
    DoubleVector rounder = DoubleVector.broadcast(DOUBLES, ROUNDER);
    for (int j = 0, i = 0; j < out.length; j += LANES, i += PACKED) {
      LongVector chunk =
          unpack
              .selectFrom(ByteVector.fromArray(BYTES, uniform, i))
              .reinterpretAsLongs()
              .lanewise(VectorOperators.LSHR, shifts)
              .and(low50);
      excess = excess.or(most.sub(chunk));
      DoubleVector u = chunk.or(two52).reinterpretAsDoubles().sub(TWO_52);
      DoubleVector s = DoubleVector.fromArray(DOUBLES, secret, j);
      DoubleVector h = u.mul(s);
      DoubleVector product = h.fma(ni, rounder).sub(rounder).fma(p, h).sub(u.fma(s.neg(), h));
      LongVector c = LongVector.fromArray(LONGS, sum, from + j);
      DoubleVector low = c.and(low50).or(two52).reinterpretAsDoubles().sub(TWO_52);
      DoubleVector high =
          c.lanewise(VectorOperators.LSHR, 50).or(two52).reinterpretAsDoubles().sub(TWO_52);
      DoubleVector x = high.fma(complement, low).sub(product);
      x.fma(ni, rounder).sub(rounder).fma(p, x).intoArray(out, j);
    }
    return excess.reduceLanes(VectorOperators.OR) >= 0;
  }

  @Override
  public void subtractAndScale(double[] a, double[] digit, double factor, long prime) {
    DoubleVector p = DoubleVector.broadcast(DOUBLES, (double) prime);
    DoubleVector ni = DoubleVector.broadcast(DOUBLES, -1.0 / prime);
    DoubleVector rounder = DoubleVector.broadcast(DOUBLES, ROUNDER);
    DoubleVector w = DoubleVector.broadcast(DOUBLES, factor);
    DoubleVector nw = DoubleVector.broadcast(DOUBLES, -factor);
    for (int j = 0; j < a.length; j += LANES) {
      DoubleVector x =
          DoubleVector.fromArray(DOUBLES, a, j).sub(DoubleVector.fromArray(DOUBLES, digit, j));
      DoubleVector h = x.mul(w);
      DoubleVector product = h.fma(ni, rounder).sub(rounder).fma(p, h).sub(x.fma(nw, h));
      product.fma(ni, rounder).sub(rounder).fma(p, product).intoArray(a, j);
    }
  }

  @Override
  public void toLongs(double[] a, long[] out) {
    DoubleVector rounder = DoubleVector.broadcast(DOUBLES, ROUNDER);
    LongVector rounderBits = LongVector.broadcast(LONGS, ROUNDER_BITS);
    for (int j = 0; j < out.length; j += LANES) {
      DoubleVector.fromArray(DOUBLES, a, j)
          .add(rounder)
          .reinterpretAsLongs()
          .sub(rounderBits)
          .intoArray(out, j);
    }
  }

  @Override
  public void field(long[] low, long[] high, int shift, int bits, long[] out, int from) {
    LongVector mask = LongVector.broadcast(LONGS, (1L << bits) - 1);
    for (int j = 0; j < low.length; j += LANES) {
      LongVector.fromArray(LONGS, low, j)
          .lanewise(VectorOperators.LSHR, shift)
          .or(LongVector.fromArray(LONGS, high, j).lanewise(VectorOperators.LSHL, 50 - shift))
          .and(mask)
          .intoArray(out, from + j);
    }
  }
}
