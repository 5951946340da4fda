package ai.cifer.homocryption.kernel;

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

  private MaskingKernel current() {
    return warmUp.ready(WarmUp.Kind.MASKING) ? vector : scalar;
  }

  /// As [#current], for operations whose blocks are counted.
  private MaskingKernel counting() {
    if (warmUp.ready(WarmUp.Kind.MASKING)) {
      return vector;
    }
    warmUp.worked(BUTTERFLIES_PER_BLOCK);
    return scalar;
  }

  @Override
  public void gaussian(AliasTable table, byte[] random, byte[] out, long[] scratch) {
    counting().gaussian(table, random, out, scratch);
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
    return current().quantise(update, from, to, shift, clip, factor, levels, random, slots);
  }

  @Override
  public boolean finite(float[] values, int count) {
    return current().finite(values, count);
  }

  @Override
  public int message(
      FieldPacking packing, int[] slots, byte[] error, double[] scratch, double[][] out) {
    return current().message(packing, slots, error, scratch, out);
  }

  @Override
  public boolean mask(
      byte[] uniform, double[] secret, double[] message, long prime, byte[] out, int offset) {
    return current().mask(uniform, secret, message, prime, out, offset);
  }

  @Override
  public boolean fold(byte[] in, int offset, long prime, long[] sum, int from, int count) {
    return current().fold(in, offset, prime, sum, from, count);
  }

  @Override
  public boolean unmask(
      byte[] uniform, double[] secret, long[] sum, int from, long prime, double[] out) {
    return counting().unmask(uniform, secret, sum, from, prime, out);
  }

  @Override
  public void subtractAndScale(double[] a, double[] digit, double factor, long prime) {
    current().subtractAndScale(a, digit, factor, prime);
  }

  @Override
  public void toLongs(double[] a, long[] out) {
    current().toLongs(a, out);
  }

  @Override
  public void field(long[] low, long[] high, int shift, int bits, long[] out, int from) {
    current().field(low, high, shift, bits, out, from);
  }
}
