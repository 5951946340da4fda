package ai.cifer.homocryption.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/// How wide the vectors are: as [KernelProvider#LANES_PROPERTY] says, else as the machine prefers.
final class Lanes {
  private Lanes() {}

  static VectorSpecies<Double> species() {
    int lanes = Integer.getInteger(KernelProvider.LANES_PROPERTY, 0);
    return switch (lanes) {
      case 0 -> widest();
      case 2 -> DoubleVector.SPECIES_128;
      case 4 -> DoubleVector.SPECIES_256;
      case 8 -> DoubleVector.SPECIES_512;
      default ->
          throw new IllegalArgumentException(
              KernelProvider.LANES_PROPERTY
                  + ": "
                  + lanes
                  + " (expected: 1, 2, 4 or 8, or nothing)");
    };
  }

  /// The preferred species, at most 512 bits.
  private static VectorSpecies<Double> widest() {
    VectorSpecies<Double> preferred = DoubleVector.SPECIES_PREFERRED;
    return preferred.length() > 8 ? DoubleVector.SPECIES_512 : preferred;
  }
}
