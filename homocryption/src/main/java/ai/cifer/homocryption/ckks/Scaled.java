package ai.cifer.homocryption.ckks;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/// Numbers times scales, rounded to integers exactly.
final class Scaled {
  private Scaled() {}

  /// `⌊value·scale⌉`.
  static BigInteger integer(double value, double scale) {
    if (!Double.isFinite(value)) {
      throw new ValueOutOfRange("value: not finite (expected: a finite number)");
    }
    return new BigDecimal(value)
        .multiply(new BigDecimal(scale))
        .setScale(0, RoundingMode.HALF_EVEN)
        .toBigInteger();
  }
}
