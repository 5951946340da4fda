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

  /// A generator whose whole sequence is fixed by `seed`.
  public static RandomGenerator generator(long seed) {
    return RandomGeneratorFactory.of(ALGORITHM).create(seed);
  }
}
