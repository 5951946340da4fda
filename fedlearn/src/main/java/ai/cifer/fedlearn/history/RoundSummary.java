package ai.cifer.fedlearn.history;

import ai.cifer.fedlearn.train.ClientFigures;
import ai.cifer.fedlearn.train.Metrics;
import java.util.List;
import java.util.Optional;

/// The figures of one completed round.
///
/// @param round from 1
/// @param planned the clients that the round opened with
/// @param actual those of them that are in every sum
/// @param abandoned the segments that failed for good, whose values stayed as they were; empty
///   unless the run has `partial_rounds`
/// @param metrics quality of the new global model on the coordinator's data, if it has any
/// @param onClients quality of the model that the round began with on the clients' data, if they
///   were asked to measure it
/// @param privacy what was spent up to this round, if the run has differential privacy
/// @param uploadBytes sent by the client that sent most: blocks, shares and manifests
/// @param downloadBytes received by the client that received most
/// @param times where the time went
/// @param modelDigest SHA-256 of the new model, hexadecimal
public record RoundSummary(
    int round,
    List<String> planned,
    List<String> actual,
    List<Integer> abandoned,
    Optional<Metrics> metrics,
    Optional<ClientFigures> onClients,
    Optional<Spent> privacy,
    long uploadBytes,
    long downloadBytes,
    Times times,
    String modelDigest) {

  public RoundSummary {
    planned = List.copyOf(planned);
    actual = List.copyOf(actual);
    abandoned = List.copyOf(abandoned);
  }

  /// Differential privacy that a run has spent since it began, its void rounds included.
  ///
  /// @param epsilon at `delta`
  public record Spent(double epsilon, double delta) {}

  /// Seconds of wall time.
  ///
  /// @param total from the opening of the round to its result
  /// @param train the slowest client's training
  /// @param encrypt the slowest client's quantising, masking, hashing and sealing, without the
  ///   network
  /// @param aggregate the coordinator's folding of ciphertexts
  /// @param open from the request to reveal to the decoded mean, folding not counted
  /// @param evaluate measuring the new model
  public record Times(
      double total, double train, double encrypt, double aggregate, double open, double evaluate) {}
}
