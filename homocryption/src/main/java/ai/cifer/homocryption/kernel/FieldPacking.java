package ai.cifer.homocryption.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// How the slots and the error of a coefficient make one integer, and that integer modulo each
/// prime: `Σ_f slot_f·2^(F·f) + e·2^(F·k)`.
///
/// The integer has up to 200 bits, a double holds 53. So neighbouring fields are first joined into
/// digits of at most 51 bits, exactly, and the digits are then weighted by `2^(F·first field) mod
/// p`. The default profile (3 fields of 28 bits) has two: `slot_0 + slot_1·2^28` and `slot_2 +
/// e·2^28`, hence one modular product for each prime. Immutable.
public final class FieldPacking {
  /// Coefficients that are packed at a time, so that digits stay in the first-level cache.
  static final int TILE = 512;

  /// Bits of an error's magnitude.
  private static final int ERROR_BITS = 7;

  private static final int DIGIT_BITS = 51;

  final int degree;

  /// `2^F` and `2^(2F)`.
  final double radix;

  final double radixSquared;

  /// Digit g joins the fields `first[g]` up to `first[g] + count[g]`, at most two; the last digit
  /// also has the error, above its fields.
  final int[] first;

  final int[] count;
  final double[] primes;

  /// `factors[i][g] = 2^(F·first[g]) mod p_i`, centred.
  final double[][] factors;

  /// `2^power mod p_index`, centred.
  @FunctionalInterface
  public interface PowersOfTwo {
    double at(int power, int index);
  }

  /// @param degree N, a multiple of 512
  /// @param fields k, fields of a coefficient
  /// @param fieldBits F
  /// @param valueBits b, bits of a slot, b ≤ F
  /// @param primes below 2^50
  public FieldPacking(
      int degree,
      int fields,
      int fieldBits,
      int valueBits,
      long[] primes,
      PowersOfTwo powersOfTwo) {
    this.degree = degree;
    this.radix = Math.scalb(1.0, fieldBits);
    this.radixSquared = radix * radix;
    this.primes = Arrays.stream(primes).asDoubleStream().toArray();
    List<Integer> starts = starts(fields, fieldBits, valueBits);
    int digits = starts.size();
    first = new int[digits];
    count = new int[digits];
    factors = new double[primes.length][digits];
    for (int g = 0; g < digits; g++) {
      first[g] = starts.get(g);
      count[g] = (g + 1 < digits ? starts.get(g + 1) : fields) - first[g];
      for (int i = 0; i < primes.length; i++) {
        factors[i][g] = powersOfTwo.at(first[g] * fieldBits, i);
      }
    }
  }

  /// The first field of each digit; `fields` itself if the error has a digit of its own.
  private static List<Integer> starts(int fields, int fieldBits, int valueBits) {
    List<Integer> starts = new ArrayList<>(List.of(0));
    for (int field = 1; field <= fields; field++) {
      int joined = field - starts.getLast();
      int width = field == fields ? ERROR_BITS : valueBits;
      boolean full = field < fields && joined == 2;
      if (full || joined * fieldBits + width > DIGIT_BITS) {
        starts.add(field);
      }
    }
    return starts;
  }

  /// Elements of the scratch array of [MaskingKernel#message].
  public int scratchLength() {
    return first.length * TILE;
  }

  int digits() {
    return first.length;
  }
}
