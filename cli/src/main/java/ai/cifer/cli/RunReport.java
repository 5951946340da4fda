package ai.cifer.cli;

import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.exit.Failure;
import ai.cifer.cli.history.RunDocument;
import ai.cifer.cli.history.RunRecorder;
import ai.cifer.cli.plot.Curves;
import ai.cifer.cli.terminal.Colour;
import ai.cifer.cli.terminal.Figures;
import ai.cifer.cli.terminal.Places;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.node.NodeException;
import ai.cifer.node.RunResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Tells a person how a run ended, and draws its curves.
///
/// @param result what the run gave
/// @param code what the command ends with
/// @param document what `--format json` prints; empty if the run never started
record RunReport(RunResult result, ExitCode code, Optional<RunDocument> document) {

  static RunReport of(RunResult result, RunRecorder recorder) {
    ExitCode code = result.reason().map(reason -> ExitCode.of(reason.reason())).orElse(ExitCode.OK);
    return new RunReport(
        result,
        code,
        recorder.document(
            result.folder(), result.reason().map(NodeException::getMessage), code.number()));
  }

  /// @param view where the result goes; failures go to `terminal`
  void tell(Terminal view, Terminal terminal) {
    document.ifPresent(run -> tell(run, draw(run, view), view));
    result.reason().ifPresent(reason -> terminal.printError(Failure.of(reason).printed()));
  }

  private static void tell(RunDocument run, boolean drawn, Terminal view) {
    RunDocument.Quality initial = run.initial();
    RunDocument.Quality last = run.last();
    if (initial != null && last != null) {
      view.print(
          "accuracy %s after %s (%s at the start), in %s"
              .formatted(
                  view.paint(Colour.GOOD, Figures.percent(last.accuracy())),
                  Figures.counted(run.roundsCompleted(), "round"),
                  Figures.percent(initial.accuracy()),
                  Figures.duration(run.seconds())));
    }
    view.print(
        "files in %s: model.safetensors, model.npz, metrics.json, events.jsonl, config.json%s"
            .formatted(Places.shown(Path.of(run.folder())), drawn ? ", " + Curves.FILE : ""));
  }

  // A machine without fonts cannot draw letters; the run is worth the same without its picture.
  private boolean draw(RunDocument document, Terminal view) {
    try {
      Curves.draw(document, result.folder().resolve(Curves.FILE));
      return true;
    } catch (IOException | LinkageError | InternalError failure) {
      view.print(
          "no %s: %s ('cifer runs plot' draws it later)"
              .formatted(Curves.FILE, failure.getMessage()));
      return false;
    }
  }
}
