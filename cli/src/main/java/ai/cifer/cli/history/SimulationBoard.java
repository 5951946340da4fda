package ai.cifer.cli.history;

import ai.cifer.cli.terminal.Colour;
import ai.cifer.cli.terminal.Figures;
import ai.cifer.cli.terminal.StatusLine;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunListener;
import java.util.function.LongSupplier;

/// A simulation as it happens: a line for each round, and below them how far it is and how long it
/// will take.
public final class SimulationBoard implements RunListener, AutoCloseable {

  private static final int BAR_WIDTH = 20;

  private final Terminal terminal;
  private final LongSupplier nanoTime;
  private final StatusLine status;
  private int rounds;
  private int completed;
  private long startNanos;

  /// @param nanoTime a clock for durations, `System::nanoTime`
  public SimulationBoard(Terminal terminal, LongSupplier nanoTime) {
    this.terminal = terminal;
    this.nanoTime = nanoTime;
    status = StatusLine.start(terminal, this::text);
  }

  @Override
  public synchronized void on(RunEvent event) {
    switch (event) {
      case RunEvent.RunStarted started -> {
        rounds = started.rounds();
        startNanos = nanoTime.getAsLong();
        terminal.print(
            "%s: %s, %s, %s, %s of %s each"
                .formatted(
                    terminal.paint(Colour.STRONG, "run " + started.run()),
                    started.encryption(),
                    started.strategy(),
                    started.architecture(),
                    Figures.counted(started.rounds(), "round"),
                    Figures.counted(started.clients(), "client")));
      }
      case RunEvent.Measuring(int more, var _) -> rounds += more;
      case RunEvent.Measured _ -> completed++;
      case RunEvent.RoundCompleted(RoundSummary summary) -> {
        completed++;
        terminal.print(line(summary));
      }
      case RunEvent.RoundVoided(int round, String reason) ->
          terminal.print("round %d is void: %s".formatted(round, reason));
      case RunEvent.StoppedEarly(int round, String reason) ->
          terminal.print("stopped after round %d: %s".formatted(round, reason));
      default -> {
        // What single clients do is in the run's event log.
      }
    }
  }

  private static String line(RoundSummary summary) {
    String quality =
        summary
            .metrics()
            .map(metrics ->
                "   accuracy %s   loss %s"
                    .formatted(Figures.percent(metrics.accuracy()), Figures.loss(metrics.loss())))
            .orElse("");
    return "round %4d   %d of %d in the sum%s   %s s"
        .formatted(
            summary.round(),
            summary.actual().size(),
            summary.planned().size(),
            quality,
            Figures.seconds(summary.times().total()));
  }

  /// What to show now.
  synchronized String text() {
    if (rounds == 0) {
      return "";
    }
    double seconds = (nanoTime.getAsLong() - startNanos) / 1e9;
    String left =
        completed == 0
            ? ""
            : "   %.0f rounds a minute   %s left"
                .formatted(
                    60 * completed / seconds,
                    Figures.duration(seconds / completed * (rounds - completed)));
    return "%d of %s %s%s"
        .formatted(
            completed,
            Figures.counted(rounds, "round"),
            StatusLine.bar(terminal.glyphs(), (double) completed / rounds, BAR_WIDTH),
            left);
  }

  @Override
  public void close() {
    status.close();
  }
}
