package ai.cifer.homocryption.ckks;

/// Checks whose messages name the fact, the value, what was expected and the cure.
final class Require {
  private Require() {}

  static void range(String fact, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          fact + ": " + value + " (expected: " + least + " to " + most + ")");
    }
  }

  static void primes(int rows, CkksParameters parameters, int level) {
    if (rows != parameters.primes(level)) {
      throw new IllegalArgumentException(
          "rows: "
              + rows
              + " (expected: "
              + parameters.primes(level)
              + ", the primes of level "
              + level
              + ")");
    }
  }

  static void scale(double scale) {
    if (!(scale >= 1 && scale < 0x1p900)) {
      throw new IllegalArgumentException("scale: " + scale + " (expected: 1 to 2^900)");
    }
  }

  static void parameters(CkksParameters actual, CkksParameters expected) {
    if (!actual.equals(expected)) {
      throw new WrongParameters(
          "parameters: "
              + actual
              + " (expected: "
              + expected
              + "); use objects that were made with one parameter set");
    }
  }

  static void key(KeyId actual, KeyId expected) {
    if (!actual.equals(expected)) {
      throw new WrongKey(
          "key: "
              + actual
              + " (expected: "
              + expected
              + "); ciphertexts and keys of different secret keys cannot be combined");
    }
  }

  /// Scales that differ by rounding of doubles only are the same.
  static void sameScale(double a, double b) {
    if (!(Math.abs(a - b) <= 0x1p-44 * Math.min(a, b))) {
      throw new ScaleMismatch(
          "scale: "
              + a
              + " and "
              + b
              + " (expected: the same); rescale after each multiplication, or bring one operand to"
              + " the other's level and scale with CkksEvaluator.matchTo");
    }
  }

  static void relinearized(CkksCiphertext a) {
    if (a.size() != 2) {
      throw new IllegalArgumentException(
          "ciphertext: " + a.size() + " polynomials (expected: 2); relinearize it first");
    }
  }

  static void level(int actual, int least, String operation) {
    if (actual < least) {
      throw new LevelExhausted(
          "level: "
              + actual
              + " (expected: at least "
              + least
              + " to "
              + operation
              + "); choose parameters of more depth, or encrypt again");
    }
  }

  /// A product must fit into the modulus, or its message is lost.
  static void room(CkksParameters parameters, int level, double scale, double otherScale) {
    double bits = (Math.log(scale) + Math.log(otherScale)) / Math.log(2);
    if (bits >= parameters.logModulus(level)) {
      throw new LevelExhausted(
          "level: "
              + level
              + ", whose modulus has "
              + (int) parameters.logModulus(level)
              + " bits (expected: more than the "
              + (int) bits
              + " bits of the product's scale); choose parameters of more depth, or rescale"
              + " before");
    }
  }
}
