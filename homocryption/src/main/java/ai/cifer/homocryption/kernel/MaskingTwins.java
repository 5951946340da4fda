package ai.cifer.homocryption.kernel;

import ai.cifer.homocryption.kernel.WarmUp.Twins;
import java.util.ArrayList;
import java.util.List;

/// The work of a masking kernel on dummy data, for [WarmUp].
final class MaskingTwins {
  private static final long PRIME = 1125899903827969L;
  private static final int FIELDS = 3;
  private static final int FIELD_BITS = 28;
  private static final int VALUE_BITS = 20;
  private static final int PADDING = MaskingKernel.PADDING;

  private final MaskingKernel vector;
  private final MaskingKernel scalar;
  private final List<Twins> twins = new ArrayList<>();

  private MaskingTwins(MaskingKernel vector, MaskingKernel scalar) {
    this.vector = vector;
    this.scalar = scalar;
  }

  /// @param degree a multiple of 512
  static List<Twins> of(int degree, MaskingKernel vector, MaskingKernel scalar) {
    var twins = new MaskingTwins(vector, scalar);
    twins.client(degree);
    twins.server(degree);
    return twins.twins;
  }

  private interface Work {
    void on(MaskingKernel kernel);
  }

  private void add(String name, Work work) {
    twins.add(new Twins(name, () -> work.on(vector), () -> work.on(scalar)));
  }

  private void client(int degree) {
    int values = FIELDS * degree;
    byte[] random = new byte[8 * values + PADDING];
    byte[] error = new byte[degree];
    long[] scratch = new long[MaskingKernel.GAUSSIAN_SCRATCH];
    var table = new AliasTable(new long[] {1L << 62, 1L << 61, 1L << 61});
    add("gaussian", kernel -> kernel.gaussian(table, random, error, scratch));

    float[] update = new float[values];
    int[] slots = new int[values];
    int levels = 1 << (VALUE_BITS - 2);
    add(
        "quantise",
        kernel -> kernel.quantise(update, 0, values, 0, 1, levels, levels, random, slots));

    var packing =
        new FieldPacking(
            degree,
            FIELDS,
            FIELD_BITS,
            VALUE_BITS,
            new long[] {PRIME, PRIME},
            (power, index) -> 7.0 + power);
    double[] digits = new double[packing.scratchLength()];
    double[][] message = new double[2][degree];
    add("message", kernel -> kernel.message(packing, slots, error, digits, message));

    byte[] uniform = new byte[degree / 4 * 25 + PADDING];
    byte[] packed = new byte[degree / 4 * 25 + PADDING];
    double[] secret = new double[degree];
    add("mask", kernel -> kernel.mask(uniform, secret, message[0], PRIME, packed, 0));
  }

  private void server(int degree) {
    byte[] uniform = new byte[degree / 4 * 25 + PADDING];
    long[] sum = new long[degree];
    double[] secret = new double[degree];
    double[] out = new double[degree];
    add("fold", kernel -> kernel.fold(uniform, 0, PRIME, sum, 0, degree));
    add("unmask", kernel -> kernel.unmask(uniform, secret, sum, 0, PRIME, out));
    add("lift", kernel -> kernel.subtractAndScale(out, secret, 1, PRIME));
  }
}
