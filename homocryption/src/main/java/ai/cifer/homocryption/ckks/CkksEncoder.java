package ai.cifer.homocryption.ckks;

import ai.cifer.homocryption.kernel.KernelProvider;
import ai.cifer.homocryption.kernel.PrimeKernel;
import ai.cifer.homocryption.kernel.SpecialFft;
import ai.cifer.homocryption.kernel.SpecialFftTables;
import ai.cifer.homocryption.rns.RnsLift;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import java.math.BigInteger;
import java.util.Arrays;

/// Between vectors of numbers and polynomials, by the canonical embedding.
///
/// `m = ⌊scale·τ^-1(z)⌉`, where slot j of `τ(m)` is the value of m at `ζ^(5^j)`, ζ = exp(πi/N): the
/// order in which a rotation by k moves every value k slots to the left, as in other CKKS
/// libraries.
///
/// Error of decode(encode(z)): rounding gives each slot an error with standard deviation
/// `sqrt(N/12)/scale`, and never more than `N/(2·scale)`; arithmetic in doubles adds about
/// `2^-50·max|z|`.
///
/// Stateless but for tables; thread-safe.
public final class CkksEncoder {
  /// Integers up to this size are handed to the kernels in one piece.
  private static final double SINGLE = 0x1p51;

  private static final int PIECE_BITS = 40;

  /// Enough for every double: `51 + 40·25 > 1024`.
  private static final int MOST_PIECES = 26;

  private final CkksParameters parameters;
  private final RnsRing ring;
  private final SpecialFft fft;
  private final RnsLift lift;

  public CkksEncoder(CkksParameters parameters) {
    this.parameters = parameters;
    this.ring = parameters.ring();
    this.fft = KernelProvider.chosen().fft(new SpecialFftTables(parameters.slots()));
    this.lift = new RnsLift(ring);
  }

  /// The parameter set.
  public CkksParameters parameters() {
    return parameters;
  }

  /// Encodes real numbers at the top level with the canonical scale; the other slots are 0.
  ///
  /// @param values at most `slots`, finite
  /// @throws ValueOutOfRange if a value is not finite or too large
  public CkksPlaintext encode(double[] values) {
    return encode(values, parameters.depth(), parameters.scale());
  }

  /// Encodes real numbers.
  ///
  /// @param values at most `slots`, finite; not modified
  /// @param level 0 to depth
  /// @param scale at least 1; for a product, see [CkksEvaluator#plaintextScale]
  /// @throws ValueOutOfRange if a value is not finite, or too large for the level's modulus
  public CkksPlaintext encode(double[] values, int level, double scale) {
    return encode(values, new double[0], level, scale);
  }

  /// Encodes complex numbers.
  ///
  /// Cost: one complex transform of length N/2 and one transform of length N for each prime.
  ///
  /// @param real at most `slots` real parts, finite; not modified
  /// @param imaginary at most `slots` imaginary parts, finite; not modified
  /// @param level 0 to depth
  /// @param scale at least 1
  /// @throws ValueOutOfRange if a value is not finite, or too large for the level's modulus
  public CkksPlaintext encode(double[] real, double[] imaginary, int level, double scale) {
    Require.range("values", Math.max(real.length, imaginary.length), 0, parameters.slots());
    Require.scale(scale);
    int primes = parameters.primes(level);
    double[] coefficients = coefficients(real, imaginary, level, scale);
    double[][] rows = new double[primes][ring.degree()];
    double[][] pieces = pieces(coefficients);
    for (int i = 0; i < primes; i++) {
      PrimeKernel kernel = ring.kernel(i);
      kernel.reduce(pieces[0], rows[i]);
      for (int k = 1; k < pieces.length; k++) {
        kernel.multiplyAdd(
            pieces[k], ring.constant(BigInteger.TWO.pow(PIECE_BITS * k), i), rows[i]);
      }
      kernel.forward(rows[i]);
    }
    for (double[] piece : pieces) {
      ring.buffers().giveCleared(piece);
    }
    return new CkksPlaintext(parameters, new RnsPolynomial(rows), level, scale);
  }

  /// The rounded coefficients, in a row of the pool.
  private double[] coefficients(double[] real, double[] imaginary, int level, double scale) {
    requireRange(real, imaginary, level, scale);
    int slots = parameters.slots();
    double[] re = padded(real);
    double[] im = padded(imaginary);
    double[] out = ring.buffers().take();
    fft.toCoefficients(re, im, scale / slots, out);
    for (int j = 0; j < out.length; j++) {
      out[j] = Math.rint(out[j]);
    }
    ring.buffers().giveCleared(re);
    ring.buffers().giveCleared(im);
    return out;
  }

  /// A copy in a row of the pool, whose first `slots` elements are used.
  private double[] padded(double[] values) {
    double[] row = ring.buffers().take();
    System.arraycopy(values, 0, row, 0, values.length);
    Arrays.fill(row, values.length, parameters.slots(), 0);
    return row;
  }

  /// A coefficient is a mean of the slots turned on the unit circle, so it is no larger than the
  /// largest of them.
  private void requireRange(double[] real, double[] imaginary, int level, double scale) {
    double limit = parameters.logModulus(level) - 1;
    double largest = Math.hypot(largest(real), largest(imaginary));
    if (!(Math.log(largest * scale) / Math.log(2) < limit)) {
      throw new ValueOutOfRange(
          "value: "
              + largest
              + " at level "
              + level
              + " (expected: |value| below 2^"
              + (int) (limit - Math.log(scale) / Math.log(2))
              + " at this scale); divide the values, or use a higher level or a smaller scale");
    }
  }

  /// The magnitudes of doubles are ordered as their bits are, and what is not finite is largest.
  private static double largest(double[] values) {
    long largest = 0;
    for (double value : values) {
      largest = Math.max(largest, Double.doubleToRawLongBits(value) & Long.MAX_VALUE);
    }
    double magnitude = Double.longBitsToDouble(largest);
    if (!Double.isFinite(magnitude)) {
      for (int j = 0; j < values.length; j++) {
        if (!Double.isFinite(values[j])) {
          throw new ValueOutOfRange("value " + j + ": not finite (expected: a finite number)");
        }
      }
    }
    return magnitude;
  }

  /// Cuts integers into `x = x_0 + 2^40·x_1 + …`, each at most 2^51, exactly.
  private double[][] pieces(double[] x) {
    double largest = 0;
    for (double value : x) {
      largest = Math.max(largest, Math.abs(value));
    }
    double[][] pieces = new double[MOST_PIECES][];
    int count = 1;
    pieces[0] = x;
    double unit = Math.scalb(1.0, PIECE_BITS);
    while (largest > SINGLE) {
      double[] low = pieces[count - 1];
      double[] high = ring.buffers().take();
      for (int j = 0; j < low.length; j++) {
        high[j] = Math.rint(low[j] * (1 / unit));
        low[j] -= high[j] * unit;
      }
      pieces[count++] = high;
      largest = largest / unit + 1;
    }
    return Arrays.copyOf(pieces, count);
  }

  /// The real parts of all slots.
  ///
  /// @return `slots` numbers
  public double[] decode(CkksPlaintext plaintext) {
    return decodeComplex(plaintext).real();
  }

  /// All slots as complex numbers.
  public ComplexVector decodeComplex(CkksPlaintext plaintext) {
    Require.parameters(plaintext.parameters(), parameters);
    int slots = parameters.slots();
    double[] coefficients = ring.buffers().take();
    lift.lift(plaintext.polynomial(), coefficients);
    double[] re = new double[slots];
    double[] im = new double[slots];
    fft.toSlots(coefficients, 1 / plaintext.scale(), re, im);
    ring.buffers().giveCleared(coefficients);
    return new ComplexVector(re, im);
  }

  /// Real and imaginary parts of decoded slots.
  ///
  /// @param real real parts
  /// @param imaginary imaginary parts
  public record ComplexVector(double[] real, double[] imaginary) {
    @Override
    public String toString() {
      return "ComplexVector(" + real.length + ")";
    }
  }
}
