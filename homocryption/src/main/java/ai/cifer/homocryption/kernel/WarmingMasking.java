package ai.cifer.homocryption.kernel;

/// A masking kernel that is its scalar twin until the vector one is compiled; see [WarmUp].
final class WarmingMasking implements MaskingKernel {
  private final MaskingKernel scalar;
  private final MaskingKernel vector;
  private final WarmUp warmUp;

  WarmingMasking(MaskingKernel scalar, MaskingKernel vector, WarmUp warmUp) {
    this.scalar = scalar;
    this.vector = vector;
    this.warmUp = warmUp;
  }

  /// @param elements of the work, each about as costly as a butterfly or two
  private MaskingKernel kernel(int elements) {
    if (warmUp.ready()) {
      return vector;
    }
    warmUp.worked(elements);
    return scalar;
  }

  @Override
  public void gaussian(AliasTable table, byte[] random, byte[] out, long[] scratch) {
    kernel(out.length).gaussian(table, random, out, scratch);
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
    return kernel(to - from).quantise(update, from, to, shift, clip, factor, levels, random, slots);
  }

  @Override
  public void message(
      FieldPacking packing, int[] slots, byte[] error, double[] scratch, double[][] out) {
    kernel(slots.length).message(packing, slots, error, scratch, out);
  }

  @Override
  public boolean mask(
      byte[] uniform, double[] secret, double[] message, long prime, byte[] out, int offset) {
    return kernel(message.length).mask(uniform, secret, message, prime, out, offset);
  }

  @Override
  public boolean fold(byte[] in, int offset, long prime, long[] sum, int from, int count) {
    return kernel(count).fold(in, offset, prime, sum, from, count);
  }

  @Override
  public boolean unmask(
      byte[] uniform, double[] secret, long[] sum, int from, long prime, double[] out) {
    return kernel(out.length).unmask(uniform, secret, sum, from, prime, out);
  }

  @Override
  public void subtractAndScale(double[] a, double[] digit, double factor, long prime) {
    kernel(a.length).subtractAndScale(a, digit, factor, prime);
  }
}
