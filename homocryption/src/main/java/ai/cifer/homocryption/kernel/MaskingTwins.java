package ai.cifer.homocryption.kernel;

import ai.cifer.homocryption.kernel.WarmUp.Twins;
import java.util.List;
import java.util.function.Consumer;

/// Work for [WarmUp] that reaches every method of the masking kernels. The data are dummies, not
/// secrets: neither time nor code depends on values.
final class MaskingTwins {
  private static final int DEGREE = 4096;
  private static final long PRIME = 1125899903827969L;

  private final byte[] bytes = new byte[8 * DEGREE + MaskingKernel.PADDING];
  private final byte[] small = new byte[DEGREE];
  private final byte[] packed = new byte[DEGREE / 4 * 25 + MaskingKernel.PADDING];
  private final float[] update = new float[3 * DEGREE];
  private final int[] slots = new int[3 * DEGREE];
  private final double[] residues = new double[DEGREE];
  private final double[] others = new double[DEGREE];
  private final double[] digits = new double[DEGREE];
  private final double[][] messages = new double[2][DEGREE];
  private final long[] sum = new long[DEGREE];
  private final long[] sums = new long[2 * DEGREE];
  private final long[] scratch = new long[MaskingKernel.GAUSSIAN_SCRATCH];
  private final AliasTable table = new AliasTable(new long[] {1L << 62, 1L << 62});

  /// Digits of one field and of two, with and without the error.
  private final List<FieldPacking> packings = List.of(packing(3, 28, 20), packing(1, 34, 26));

  private final MaskingKernel scalar;
  private final MaskingKernel vector;

  MaskingTwins(MaskingKernel scalar, MaskingKernel vector) {
    this.scalar = scalar;
    this.vector = vector;
  }

  private static FieldPacking packing(int fields, int fieldBits, int valueBits) {
    long[] primes = {PRIME, PRIME};
    return new FieldPacking(DEGREE, fields, fieldBits, valueBits, primes, (power, index) -> 1);
  }

  /// What a coordinator does.
  List<Twins> opening() {
    return List.of(
        twins("fold", kernel -> kernel.fold(packed, 0, PRIME, sum, 0, DEGREE)),
        twins("lift", this::lift),
        twins("unmask", kernel -> kernel.unmask(packed, others, sum, 0, PRIME, residues)));
  }

  /// What a client does.
  List<Twins> masking() {
    return List.of(
        twins("finite", kernel -> kernel.finite(update, update.length)),
        twins("mask", kernel -> kernel.mask(packed, others, residues, PRIME, packed, 0)),
        twins("message", this::message),
        twins("quantise", this::quantise),
        twins("gaussian", kernel -> kernel.gaussian(table, bytes, small, scratch)));
  }

  private Twins twins(String name, Consumer<MaskingKernel> work) {
    return new Twins("masking: " + name, () -> work.accept(vector), () -> work.accept(scalar));
  }

  private void message(MaskingKernel kernel) {
    for (FieldPacking packing : packings) {
      kernel.message(packing, slots, small, digits, messages);
    }
  }

  private void lift(MaskingKernel kernel) {
    kernel.subtractAndScale(residues, others, 3, PRIME);
    kernel.toLongs(residues, sum);
    kernel.field(sum, sum, 1, 28, sums, DEGREE);
  }

  private void quantise(MaskingKernel kernel) {
    kernel.quantise(update, 0, 2 * DEGREE, 0, 1, 1000, 1000, bytes, slots);
  }
}
