package ai.cifer.homocryption.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/// The vectors of [VectorMasking]: as wide as all others, and at least 256 bits.
final class VectorLanes {
  static final VectorSpecies<Double> DOUBLES =
      VectorArithmetic.COUNT == 8 ? DoubleVector.SPECIES_512 : DoubleVector.SPECIES_256;

  private VectorLanes() {}
}
