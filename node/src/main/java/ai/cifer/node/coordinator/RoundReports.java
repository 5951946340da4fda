package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.ClientFigures;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.node.wire.ControlMessage;
import java.util.List;
import java.util.Optional;

/// Adds up where the time and the bytes of a round went. Safe for the worker and the coordinator's
/// thread.
final class RoundReports {

  private double train;
  private double encrypt;
  private double aggregate;
  private double open;
  private double evaluate;
  private long uploadBytes;
  private long downloadBytes;
  private Optional<Metrics> metrics = Optional.empty();
  private Optional<ClientFigures> onClients = Optional.empty();

  /// What a client says of itself: shown, not trusted.
  synchronized void client(ControlMessage.Report report) {
    train = Math.max(train, report.trainSeconds());
    encrypt = Math.max(encrypt, report.encryptSeconds());
    uploadBytes = Math.max(uploadBytes, report.uploadBytes());
    downloadBytes = Math.max(downloadBytes, report.downloadBytes());
  }

  synchronized void folded(double aggregateSeconds, double openSeconds) {
    aggregate += aggregateSeconds;
    open += openSeconds;
  }

  synchronized void evaluated(Metrics metrics, double seconds) {
    this.metrics = Optional.of(metrics);
    evaluate = seconds;
  }

  /// Takes from the mean how good the model is on the clients' data, if they measured that and it
  /// was opened.
  ///
  /// @param abandoned segments that were not opened
  synchronized void onClients(TrainConfig train, Tensors mean, List<Segment> abandoned) {
    long figures = mean.layout().parameters() - ClientFigures.CLIPS.size();
    if (train.evaluated()
        && abandoned.stream().allMatch(each -> each.from() + each.size() <= figures)) {
      onClients = Optional.of(ClientFigures.read(mean));
    }
  }

  synchronized RoundSummary summary(
      RoundSetting setting,
      List<String> planned,
      List<String> actual,
      List<Integer> abandoned,
      double total,
      String modelDigest) {
    return new RoundSummary(
        setting.round(),
        planned,
        actual,
        abandoned,
        metrics,
        onClients,
        setting
            .train()
            .privacy()
            .map(privacy ->
                new RoundSummary.Spent(privacy.epsilon(setting.round()), privacy.delta())),
        uploadBytes,
        downloadBytes,
        new RoundSummary.Times(total, train, encrypt, aggregate, open, evaluate),
        modelDigest);
  }
}
