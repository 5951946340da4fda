package ai.cifer.homocryption.kernel;

/// The kernel on the Vector API; its twin is [ScalarKernel].
///
/// The transforms are vector code. The element-wise loops are the twin's: C2 turns them into the
/// same instructions by itself.
final class VectorKernel implements PrimeKernel {
  private final NttTables tables;
  private final LazySchedule schedule;
  private final ScalarKernel elementwise;
  private final double prime;
  private final double negatedInverse;

  VectorKernel(NttTables tables) {
    this.tables = tables;
    this.elementwise = new ScalarKernel(tables);
    this.prime = tables.prime;
    this.negatedInverse = -1 / tables.prime;
    this.schedule =
        new LazySchedule(
            prime,
            Integer.numberOfTrailingZeros(tables.degree),
            Integer.numberOfTrailingZeros(VectorArithmetic.COUNT));
  }

  @Override
  public long prime() {
    return (long) prime;
  }

  @Override
  public int degree() {
    return tables.degree;
  }

  @Override
  public void forward(double[] a) {
    VectorNtt.forward(a, tables.forward, schedule, prime, negatedInverse);
  }

  @Override
  public void inverse(double[] a) {
    VectorNtt.inverse(
        a,
        tables.inverse,
        tables.degreeInverse,
        tables.scaledLastInverse,
        schedule,
        prime,
        negatedInverse);
  }

  @Override
  public void reduce(double[] a, double[] out) {
    elementwise.reduce(a, out);
  }

  @Override
  public void add(double[] a, double[] b, double[] out) {
    elementwise.add(a, b, out);
  }

  @Override
  public void subtract(double[] a, double[] b, double[] out) {
    elementwise.subtract(a, b, out);
  }

  @Override
  public void negate(double[] a, double[] out) {
    elementwise.negate(a, out);
  }

  @Override
  public void multiply(double[] a, double[] b, double[] out) {
    elementwise.multiply(a, b, out);
  }

  @Override
  public void multiplyAdd(double[] a, double[] b, double[] accumulator) {
    elementwise.multiplyAdd(a, b, accumulator);
  }

  @Override
  public void multiply(double[] a, double constant, double[] out) {
    elementwise.multiply(a, constant, out);
  }

  @Override
  public void multiplyAdd(double[] a, double constant, double[] accumulator) {
    elementwise.multiplyAdd(a, constant, accumulator);
  }

  @Override
  public void permute(double[] a, int[] positions, double[] out) {
    elementwise.permute(a, positions, out);
  }
}
