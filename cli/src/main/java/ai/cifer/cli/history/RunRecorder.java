package ai.cifer.cli.history;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Keeps of a run what its document says.
public final class RunRecorder implements RunListener {

  private RunEvent.@Nullable RunStarted started;
  private final List<RoundSummary> rounds = new ArrayList<>();

  @Override
  public synchronized void on(RunEvent event) {
    if (event instanceof RunEvent.RunStarted start) {
      started = start;
    } else if (event instanceof RunEvent.RunResumed resumed) {
      started = resumed.started();
      rounds.clear();
      rounds.addAll(resumed.rounds());
    } else if (event instanceof RunEvent.RoundCompleted(RoundSummary summary)) {
      rounds.add(summary);
    }
  }

  /// The document of the run so far; empty when it never started.
  public synchronized Optional<RunDocument> document(
      Path folder, Optional<String> reason, int exitCode) {
    RunEvent.RunStarted run = started;
    if (run == null) {
      return Optional.empty();
    }
    long upload = rounds.stream().mapToLong(RoundSummary::uploadBytes).max().orElse(0);
    long download = rounds.stream().mapToLong(RoundSummary::downloadBytes).max().orElse(0);
    Optional<RoundSummary> last =
        rounds.isEmpty() ? Optional.empty() : Optional.of(rounds.getLast());
    return Optional.of(
        new RunDocument(
            run.run(),
            folder.toString(),
            run.encryption(),
            run.strategy(),
            run.architecture(),
            run.parameters(),
            run.float32Bytes(),
            upload,
            download,
            run.float32Bytes() == 0 ? 0 : (double) upload / run.float32Bytes(),
            run.rounds(),
            rounds.size(),
            run.initial().map(RunDocument.Quality::of).orElse(null),
            last.flatMap(RoundSummary::metrics).map(RunDocument.Quality::of).orElse(null),
            rounds.stream().mapToDouble(round -> round.times().total()).sum(),
            last.map(RoundSummary::modelDigest).orElse(null),
            rounds.stream().map(RunDocument.Round::of).toList(),
            reason.orElse(null),
            exitCode));
  }
}
