package ai.cifer.homocryption.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/// The vectors that kernels use.
final class VectorLanes {
  static final VectorSpecies<Double> DOUBLES =
      switch (Integer.getInteger("cifer.lanes", DoubleVector.SPECIES_PREFERRED.vectorBitSize())) {
        case 512 -> DoubleVector.SPECIES_512;
        default -> DoubleVector.SPECIES_256;
      };

  private VectorLanes() {}
}
