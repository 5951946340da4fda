package ai.cifer.homocryption.kernel;

/// Roots of unity of [SpecialFft]: the stage with blocks of length 2h has at `[h, 2h)` the factors
/// `exp(2πi·(5^j mod 8h)/8h)`, j < h.
public final class SpecialFftTables {
  final int slots;
  final double[] cosine;
  final double[] sine;

  /// @param slots n, a power of two
  public SpecialFftTables(int slots) {
    this.slots = slots;
    this.cosine = new double[Math.max(2, slots)];
    this.sine = new double[Math.max(2, slots)];
    for (int half = 1; half < slots; half *= 2) {
      long order = 8L * half;
      long power = 1;
      for (int j = 0; j < half; j++) {
        root(power, order, half + j);
        power = power * 5 % order;
      }
    }
  }

  /// `exp(2πi·k/order)` from an angle of the first octant, where sine and cosine are most exact.
  private void root(long k, long order, int at) {
    long eighth = order / 8;
    long octant = k / eighth;
    long rest = k % eighth;
    long toAngle = (octant & 1) == 0 ? rest : eighth - rest;
    double angle = 2 * Math.PI * ((double) toAngle / order);
    double c = Math.cos(angle);
    double s = Math.sin(angle);
    boolean swapped = octant == 1 || octant == 2 || octant == 5 || octant == 6;
    double x = swapped ? s : c;
    double y = swapped ? c : s;
    cosine[at] = octant >= 2 && octant < 6 ? -x : x;
    sine[at] = octant >= 4 ? -y : y;
  }
}
