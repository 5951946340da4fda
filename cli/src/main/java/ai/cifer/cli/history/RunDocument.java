package ai.cifer.cli.history;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.train.ClientFigures;
import ai.cifer.fedlearn.train.Metrics;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The result of a run as the document that `--format json` prints, in snake_case.
///
/// @param run its id
/// @param folder where config, event log, metrics, curves and models lie
/// @param encryption the mode
/// @param parameters of the model
/// @param float32Bytes size of the model's values as float32
/// @param uploadBytesPerClient the most that one client sent in one round
/// @param downloadBytesPerClient the most that one client received in one round
/// @param uploadRatio `upload_bytes_per_client / float32_bytes`
/// @param initial quality of the initial model, absent without data
/// @param last quality after the last completed round, absent without data
/// @param seconds wall time of all completed rounds
/// @param modelSha256 digest of the last model's layout and values
/// @param reason why the run ended early; absent when all rounds are done
/// @param exitCode what the command ended with
public record RunDocument(
    String run,
    String folder,
    String encryption,
    String strategy,
    String architecture,
    long parameters,
    long float32Bytes,
    long uploadBytesPerClient,
    long downloadBytesPerClient,
    double uploadRatio,
    int roundsPlanned,
    int roundsCompleted,
    @Nullable Quality initial,
    @Nullable Quality last,
    double seconds,
    @Nullable String modelSha256,
    List<Round> rounds,
    @Nullable String reason,
    int exitCode) {

  public RunDocument {
    rounds = List.copyOf(rounds);
  }

  /// @param accuracy 0 to 1
  /// @param loss mean per example
  /// @param examples how many it was measured on
  public record Quality(double accuracy, double loss, long examples) {
    static Quality of(Metrics metrics) {
      return new Quality(metrics.accuracy(), metrics.loss(), metrics.examples());
    }
  }

  /// Of the model that a round began with, as a mean over its clients.
  ///
  /// @param spread standard deviation of the accuracy over clients
  public record OnClients(double accuracy, double loss, double spread) {
    static OnClients of(ClientFigures figures) {
      return new OnClients(figures.accuracy(), figures.loss(), figures.spread());
    }
  }

  /// One completed round.
  ///
  /// @param abandoned segments that failed for good and whose values stayed as they were
  /// @param epsilon differential privacy spent since the run began, if it has any
  /// @param delta at which that is so
  /// @param onClients if clients were asked to measure
  /// @param uploadBytesPerClient sent by the client that sent most
  /// @param downloadBytesPerClient received by the client that received most
  public record Round(
      int round,
      List<String> planned,
      List<String> actual,
      List<Integer> abandoned,
      @Nullable Quality quality,
      @Nullable OnClients onClients,
      @Nullable Double epsilon,
      @Nullable Double delta,
      long uploadBytesPerClient,
      long downloadBytesPerClient,
      Seconds seconds,
      String modelSha256) {
    public Round {
      planned = List.copyOf(planned);
      actual = List.copyOf(actual);
      abandoned = List.copyOf(abandoned);
    }

    static Round of(RoundSummary summary) {
      return new Round(
          summary.round(),
          summary.planned(),
          summary.actual(),
          summary.abandoned(),
          summary.metrics().map(Quality::of).orElse(null),
          summary.onClients().map(OnClients::of).orElse(null),
          summary.privacy().map(RoundSummary.Spent::epsilon).orElse(null),
          summary.privacy().map(RoundSummary.Spent::delta).orElse(null),
          summary.uploadBytes(),
          summary.downloadBytes(),
          Seconds.of(summary.times()),
          summary.modelDigest());
    }
  }

  /// Where the wall time of a round went, in seconds.
  public record Seconds(
      double total, double train, double encrypt, double aggregate, double open, double evaluate) {
    static Seconds of(RoundSummary.Times times) {
      return new Seconds(
          times.total(),
          times.train(),
          times.encrypt(),
          times.aggregate(),
          times.open(),
          times.evaluate());
    }
  }
}
