package ai.cifer.cli.plot;

import ai.cifer.cli.history.RunDocument;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;

/// Runs in one PNG: accuracy by round and by what it cost, loss, and the time of each round.
public final class ComparedCurves {
  // Okabe and Ito's palette, the colours that print dark enough first.
  private static final List<Color> COLOURS =
      List.of(
          new Color(0x0072B2),
          new Color(0xD55E00),
          new Color(0x009E73),
          new Color(0xCC79A7),
          new Color(0x56B4E9),
          new Color(0xE69F00),
          new Color(0x000000),
          new Color(0xF0E442));

  private ComparedCurves() {}

  /// Draws `runs` to `file`, replacing it only when the picture is whole.
  ///
  /// @param runs at most eight
  /// @throws IOException if the file cannot be written
  public static void draw(List<RunDocument> runs, Path file) throws IOException {
    XYChart accuracy = Curves.chart("Accuracy on the coordinator's data", "accuracy (%)");
    accuracy.getStyler().setYAxisMin(0.0).setYAxisMax(100.0);
    XYChart loss = Curves.chart("Loss on the coordinator's data", "mean loss per example (nats)");
    loss.getStyler().setYAxisMin(0.0);
    XYChart cost = Curves.chart("Accuracy by bytes sent", "accuracy (%)");
    cost.setXAxisTitle("MB (1,000,000 bytes) sent by a client since the start");
    cost.getStyler().setYAxisMin(0.0).setYAxisMax(100.0).setXAxisDecimalPattern("#,##0.#");
    XYChart seconds = Curves.chart("Time of a round", "seconds");
    seconds.getStyler().setYAxisMin(0.0);
    Set<String> named = new HashSet<>();
    for (int i = 0; i < runs.size(); i++) {
      RunDocument run = runs.get(i);
      // The same run may be asked for twice, a series may not.
      String name = named.add(run.run()) ? run.run() : "%s (%d)".formatted(run.run(), i + 1);
      Color colour = COLOURS.get(i);
      List<RunDocument.Round> measured =
          run.rounds().stream().filter(round -> round.quality() != null).toList();
      List<Double> rounds = each(measured, RunDocument.Round::round);
      List<Double> accuracies = each(measured, round -> 100 * quality(round).accuracy());
      Curves.line(accuracy, name, rounds, accuracies, colour);
      Curves.line(loss, name, rounds, each(measured, round -> quality(round).loss()), colour);
      Curves.line(cost, name, sent(run), accuracies, colour);
      Curves.line(
          seconds,
          name,
          each(run.rounds(), RunDocument.Round::round),
          each(run.rounds(), round -> round.seconds().total()),
          colour);
    }
    Curves.paint(
        "%d runs compared".formatted(runs.size()), List.of(accuracy, loss, cost, seconds), file);
  }

  /// The megabytes that a client had sent when each round that was measured ended.
  private static List<Double> sent(RunDocument run) {
    List<Double> sent = new ArrayList<>();
    double sum = 0;
    for (RunDocument.Round round : run.rounds()) {
      sum += round.uploadBytesPerClient() / 1e6;
      if (round.quality() != null) {
        sent.add(sum);
      }
    }
    return sent;
  }

  private static RunDocument.Quality quality(RunDocument.Round round) {
    RunDocument.Quality quality = round.quality();
    if (quality == null) {
      throw new IllegalArgumentException("round %d was not measured".formatted(round.round()));
    }
    return quality;
  }

  private static List<Double> each(
      List<RunDocument.Round> rounds, ToDoubleFunction<RunDocument.Round> value) {
    return rounds.stream().mapToDouble(value).boxed().toList();
  }
}
