package ai.cifer.homocryption.kernel;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Alias sampling in byte lanes: a table of 128 bytes lies in two vectors of 64 or four of 32, and
/// a look-up is a permutation of registers, whose time does not depend on the index.
///
/// The 56-bit comparison `fraction < threshold` runs from the last byte to the first: a byte that
/// differs overrules all that come after it.
final class VectorGaussian {
  private static final int COLUMNS = AliasTable.COLUMNS;
  private static final int GROUP = AliasTable.GROUP;
  private static final VectorSpecies<Byte> B512 = ByteVector.SPECIES_512;
  private static final VectorSpecies<Byte> B256 = ByteVector.SPECIES_256;

  private VectorGaussian() {}

  /// Two-vector look-ups use the low 7 bits of an index only, so the sign above the column is
  /// ignored.
  static void sample512(byte[] planes, byte[] aliases, byte[] random, byte[] out) {
    ByteVector alias0 = ByteVector.fromArray(B512, aliases, 0);
    ByteVector alias1 = ByteVector.fromArray(B512, aliases, 64);
    for (int j = 0, at = 0; j < out.length; j += GROUP, at += 8 * GROUP) {
      ByteVector column = ByteVector.fromArray(B512, random, at);
      VectorMask<Byte> below = B512.maskAll(false);
      for (int plane = AliasTable.FRACTION_BYTES; plane >= 1; plane--) {
        ByteVector threshold =
            column.selectFrom(
                ByteVector.fromArray(B512, planes, (plane - 1) * COLUMNS),
                ByteVector.fromArray(B512, planes, (plane - 1) * COLUMNS + 64));
        ByteVector fraction = ByteVector.fromArray(B512, random, at + plane * GROUP);
        below =
            fraction
                .compare(VectorOperators.EQ, threshold)
                .and(below)
                .or(fraction.compare(VectorOperators.ULT, threshold));
      }
      ByteVector magnitude = column.selectFrom(alias0, alias1).blend(column.and((byte) 127), below);
      ByteVector sign = column.lanewise(VectorOperators.ASHR, 7);
      magnitude.lanewise(VectorOperators.XOR, sign).sub(sign).intoArray(out, j);
    }
  }

  static void sample256(byte[] planes, byte[] aliases, byte[] random, byte[] out) {
    for (int j = 0; j < out.length; j += 32) {
      int at = 8 * (j & -GROUP) + (j & 32);
      ByteVector first = ByteVector.fromArray(B256, random, at);
      ByteVector low = first.and((byte) 31);
      VectorMask<Byte> bit5 = first.and((byte) 32).compare(VectorOperators.NE, 0);
      VectorMask<Byte> bit6 = first.and((byte) 64).compare(VectorOperators.NE, 0);
      VectorMask<Byte> below = B256.maskAll(false);
      for (int plane = AliasTable.FRACTION_BYTES; plane >= 1; plane--) {
        int row = (plane - 1) * COLUMNS;
        ByteVector threshold = lookUp(planes, row, low, bit5, bit6);
        ByteVector fraction = ByteVector.fromArray(B256, random, at + plane * GROUP);
        below =
            fraction
                .compare(VectorOperators.EQ, threshold)
                .and(below)
                .or(fraction.compare(VectorOperators.ULT, threshold));
      }
      ByteVector magnitude =
          lookUp(aliases, 0, low, bit5, bit6).blend(first.and((byte) 127), below);
      VectorMask<Byte> negative = first.compare(VectorOperators.LT, 0);
      magnitude.blend(magnitude.neg(), negative).intoArray(out, j);
    }
  }

  private static ByteVector lookUp(
      byte[] table, int row, ByteVector low, VectorMask<Byte> bit5, VectorMask<Byte> bit6) {
    ByteVector lower =
        low.selectFrom(ByteVector.fromArray(B256, table, row))
            .blend(low.selectFrom(ByteVector.fromArray(B256, table, row + 32)), bit5);
    ByteVector upper =
        low.selectFrom(ByteVector.fromArray(B256, table, row + 64))
            .blend(low.selectFrom(ByteVector.fromArray(B256, table, row + 96)), bit5);
    return lower.blend(upper, bit6);
  }
}
