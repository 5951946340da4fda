package ai.cifer.homocryption.kernel;

/// [SpecialFft] in plain Java, radix 2.
public final class ScalarFft implements SpecialFft {
  private final SpecialFftTables tables;

  public ScalarFft(SpecialFftTables tables) {
    this.tables = tables;
  }

  @Override
  public int slots() {
    return tables.slots;
  }

  @Override
  public void toSlots(double[] coefficients, double factor, double[] real, double[] imaginary) {
    int slots = tables.slots;
    int shift = 32 - Integer.numberOfTrailingZeros(slots);
    for (int i = 0; i < slots; i++) {
      int k = Integer.reverse(i) >>> shift;
      real[i] = coefficients[k] * factor;
      imaginary[i] = coefficients[k + slots] * factor;
    }
    for (int half = 1; half < slots; half *= 2) {
      for (int from = 0; from < slots; from += 2 * half) {
        forward(real, imaginary, from, half);
      }
    }
  }

  @Override
  public void toCoefficients(double[] real, double[] imaginary, double factor, double[] out) {
    int slots = tables.slots;
    int shift = 32 - Integer.numberOfTrailingZeros(slots);
    for (int half = slots / 2; half >= 1; half /= 2) {
      for (int from = 0; from < slots; from += 2 * half) {
        inverse(real, imaginary, from, half);
      }
    }
    for (int i = 0; i < slots; i++) {
      int k = Integer.reverse(i) >>> shift;
      out[k] = real[i] * factor;
      out[k + slots] = imaginary[i] * factor;
    }
  }

  private void forward(double[] real, double[] imaginary, int from, int half) {
    for (int j = 0; j < half; j++) {
      double c = tables.cosine[half + j];
      double s = tables.sine[half + j];
      double x = real[from + half + j];
      double y = imaginary[from + half + j];
      double re = Math.fma(x, c, -(y * s));
      double im = Math.fma(x, s, y * c);
      double u = real[from + j];
      double v = imaginary[from + j];
      real[from + j] = u + re;
      imaginary[from + j] = v + im;
      real[from + half + j] = u - re;
      imaginary[from + half + j] = v - im;
    }
  }

  private void inverse(double[] real, double[] imaginary, int from, int half) {
    for (int j = 0; j < half; j++) {
      double c = tables.cosine[half + j];
      double s = tables.sine[half + j];
      double u = real[from + j];
      double v = imaginary[from + j];
      double x = u - real[from + half + j];
      double y = v - imaginary[from + half + j];
      real[from + j] = u + real[from + half + j];
      imaginary[from + j] = v + imaginary[from + half + j];
      real[from + half + j] = Math.fma(x, c, y * s);
      imaginary[from + half + j] = Math.fma(y, c, -(x * s));
    }
  }
}
