package ai.cifer.secagg.journal;

import ai.cifer.secagg.codec.Bytes;
import java.io.IOException;
import java.util.Optional;

/// The rounds that a participant accepted, durably.
public interface RoundRegister {
  /// The latest round accepted of a run.
  ///
  /// @param round its number
  /// @param ctx its context
  record Accepted(int round, Bytes ctx) {}

  /// The latest round accepted of a run, if any.
  Optional<Accepted> latest(String federation, String run);

  /// How the latest round that completed ended.
  ///
  /// @param round its number
  /// @param hash the hash of its result
  /// @param modelHash the model that came of it
  record Completed(int round, Bytes hash, Bytes modelHash) {}

  /// The latest round of a run whose result the participant saw, if any.
  Optional<Completed> completed(String federation, String run);

  /// Records on disk that a round is accepted, unless it is the latest already.
  void accept(String federation, String run, Accepted round) throws IOException;

  /// Records on disk how a round ended, unless a later one is known.
  void complete(String federation, String run, Completed round) throws IOException;
}
