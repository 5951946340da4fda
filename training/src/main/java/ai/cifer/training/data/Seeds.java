package ai.cifer.training.data;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// The generator behind every seeded choice outside cryptography.
public final class Seeds {

  /// LXM with 64 + 128 bits of state: seeds that differ in one bit give unrelated sequences.
  ///
  /// @see <a href="https://doi.org/10.1145/3485525">Steele and Vigna, LXM: Better Splittable
  ///   Pseudorandom Number Generators</a>
  private static final String ALGORITHM = "L64X128MixRandom";

  private Seeds() {}

  /// A number that depends on `seed` and `index` alone, by the finisher of SplitMix64.
  ///
  /// @see <a href="https://doi.org/10.1145/2660193.2660195">Steele, Lea and Flood, Fast Splittable
  ///   Pseudorandom Number Generators</a>
  static long mixed(long seed, long index) {
    long z = seed + (index + 1) * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /// A generator whose whole sequence is fixed by `seed`.
  public static RandomGenerator generator(long seed) {
    return RandomGeneratorFactory.of(ALGORITHM).create(seed);
  }
}
