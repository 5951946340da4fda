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
  public void toSlots(double[] real, double[] imaginary) {
    permute(real, imaginary);
    for (int half = 1; half < tables.slots; half *= 2) {
      for (int from = 0; from < tables.slots; from += 2 * half) {
        forward(real, imaginary, from, half);
      }
    }
  }

  @Override
  public void toCoefficients(double[] real, double[] imaginary) {
    for (int half = tables.slots / 2; half >= 1; half /= 2) {
      for (int from = 0; from < tables.slots; from += 2 * half) {
        inverse(real, imaginary, from, half);
      }
    }
    permute(real, imaginary);
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

  private static void permute(double[] real, double[] imaginary) {
    int shift = 32 - Integer.numberOfTrailingZeros(real.length);
    for (int i = 1; i < real.length; i++) {
      int j = Integer.reverse(i) >>> shift;
      if (i < j) {
        double x = real[i];
        real[i] = real[j];
        real[j] = x;
        double y = imaginary[i];
        imaginary[i] = imaginary[j];
        imaginary[j] = y;
      }
    }
  }
}
