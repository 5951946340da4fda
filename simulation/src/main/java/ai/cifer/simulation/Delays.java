package ai.cifer.simulation;

import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How long clients need for a round, in simulated seconds.
///
/// @param shape of the distribution
/// @param first `fixed`: the time; `uniform`: the shortest; `exponential`: the mean; `lognormal`:
///   the median
/// @param second `uniform`: the longest; `lognormal`: the standard deviation of the logarithm
public record Delays(Shape shape, double first, double second) {

  /// Everybody answers at once.
  public static final Delays NONE = new Delays(Shape.FIXED, 0, 0);

  private static final String EXPECTED =
      "fixed:S, uniform:SHORTEST,LONGEST, exponential:MEAN or lognormal:MEDIAN,SIGMA, for example"
          + " lognormal:20,0.5";

  private static final Pattern WORDS =
      Pattern.compile("([a-z]+):([0-9.]{1,12})(?:,([0-9.]{1,12}))?");

  /// The distributions.
  public enum Shape {
    FIXED(1),
    UNIFORM(2),
    EXPONENTIAL(1),
    LOGNORMAL(2);

    private final int numbers;

    Shape(int numbers) {
      this.numbers = numbers;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Delays {
    boolean ordered = shape != Shape.UNIFORM || first <= second;
    if (!(first >= 0) || !(second >= 0) || !Double.isFinite(first + second) || !ordered) {
      throw new IllegalArgumentException(
          "delay: %s of %s and %s (expected: %s)".formatted(shape.word(), first, second, EXPECTED));
    }
  }

  /// Reads `lognormal:20,0.5`.
  ///
  /// @throws IllegalArgumentException if it is none of these
  public static Delays of(String words) {
    Matcher matcher = WORDS.matcher(words);
    if (matcher.matches()) {
      for (Shape shape : Shape.values()) {
        String second = matcher.group(3);
        if (shape.word().equals(matcher.group(1)) && (second == null ? 1 : 2) == shape.numbers) {
          return new Delays(
              shape, number(words, matcher.group(2)), second == null ? 0 : number(words, second));
        }
      }
    }
    throw invalid(words);
  }

  private static double number(String words, String digits) {
    try {
      return Double.parseDouble(digits);
    } catch (NumberFormatException malformed) {
      throw invalid(words);
    }
  }

  private static IllegalArgumentException invalid(String words) {
    return new IllegalArgumentException("delay: %s (expected: %s)".formatted(words, EXPECTED));
  }

  /// One client's time.
  double draw(RandomGenerator random) {
    return switch (shape) {
      case FIXED -> first;
      case UNIFORM -> first + (second - first) * random.nextDouble();
      case EXPONENTIAL -> first * random.nextExponential();
      case LOGNORMAL -> first * Math.exp(second * random.nextGaussian());
    };
  }

  /// As [#of] reads it.
  @Override
  public String toString() {
    return shape.numbers == 1
        ? "%s:%s".formatted(shape.word(), first)
        : "%s:%s,%s".formatted(shape.word(), first, second);
  }
}
