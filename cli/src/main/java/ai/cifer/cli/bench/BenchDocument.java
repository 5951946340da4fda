package ai.cifer.cli.bench;

import ai.cifer.homocryption.bench.CkksFigures;
import ai.cifer.homocryption.bench.MachineFigures;
import ai.cifer.homocryption.bench.NttFigures;
import ai.cifer.homocryption.bench.PaillierFigures;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The figures of one run, as `--format json` prints them; what was not asked for is left out.
///
/// @param seconds that the whole took
public record BenchDocument(
    MachineFigures machine,
    @Nullable AggregateDocument aggregate,
    @Nullable List<CkksFigures> ckks,
    @Nullable PaillierFigures paillier,
    @Nullable List<NttDocument> ntt,
    double seconds) {

  /// The transform's figures with what follows from them.
  public record NttDocument(
      int degree,
      int lanes,
      double forwardMicros,
      double inverseMicros,
      double forwardNanosPerButterfly,
      double inverseNanosPerButterfly,
      double scalarForwardMicros,
      double scalarInverseMicros) {

    static NttDocument of(NttFigures figures) {
      return new NttDocument(
          figures.degree(),
          figures.lanes(),
          figures.forwardMicros(),
          figures.inverseMicros(),
          figures.forwardNanosPerButterfly(),
          figures.inverseNanosPerButterfly(),
          figures.scalarForwardMicros(),
          figures.scalarInverseMicros());
    }
  }
}
