package ai.cifer.homocryption.kernel;

import ai.cifer.homocryption.kernel.WarmUp.Kind;

/// A masking kernel that is its scalar twin until the vector one is compiled; see [WarmUp].
final class WarmingMasking implements MaskingKernel {
  /// What a block of the default parameters costs in scalar code, in butterflies of 1.2 ns.
  private static final long BUTTERFLIES_PER_BLOCK = 40_000;

  private final MaskingKernel scalar;
  private final MaskingKernel vector;
  private final WarmUp warmUp;

  WarmingMasking(MaskingKernel scalar, MaskingKernel vector, WarmUp warmUp) {
    this.scalar = scalar;
    this.vector = vector;
    this.warmUp = warmUp;
  }

  private MaskingKernel masking() {
    return warmUp.ready(Kind.MASKING) ? vector : scalar;
  }

  private MaskingKernel opening() {
    return warmUp.ready(Kind.OPENING) ? vector : scalar;
  }

  /// For the operations by which blocks are counted.
  private MaskingKernel counting(Kind kind) {
    if (warmUp.ready(kind)) {
      return vector;
    }
    warmUp.worked(kind, BUTTERFLIES_PER_BLOCK);
    return scalar;
  }

  @Override
  public void gaussian(AliasTable table, byte[] random, byte[] out, long[] scratch) {
    counting(Kind.MASKING).gaussian(table, random, out, scratch);
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
    return masking().quantise(update, from, to, shift, clip, factor, levels, random, slots);
  }

  @Override
  public boolean finite(float[] values, int count) {
    return masking().finite(values, count);
  }

  @Override
  public int message(
      FieldPacking packing, int[] slots, byte[] error, double[] scratch, double[][] out) {
    return masking().message(packing, slots, error, scratch, out);
  }

  @Override
  public boolean mask(
      byte[] uniform, double[] secret, double[] message, long prime, byte[] out, int offset) {
    return masking().mask(uniform, secret, message, prime, out, offset);
  }

  @Override
  public boolean fold(byte[] in, int offset, long prime, long[] sum, int from, int count) {
    return opening().fold(in, offset, prime, sum, from, count);
  }

  @Override
  public boolean unmask(
      byte[] uniform, double[] secret, long[] sum, int from, long prime, double[] out) {
    return counting(Kind.OPENING).unmask(uniform, secret, sum, from, prime, out);
  }

  @Override
  public void subtractAndScale(double[] a, double[] digit, double factor, long prime) {
    opening().subtractAndScale(a, digit, factor, prime);
  }

  @Override
  public void toLongs(double[] a, long[] out) {
    opening().toLongs(a, out);
  }

  @Override
  public void field(long[] low, long[] high, int shift, int bits, long[] out, int from) {
    opening().field(low, high, shift, bits, out, from);
  }
}
