package ai.cifer.secagg.journal;

import ai.cifer.secagg.codec.Bytes;
import java.util.Optional;

/// The draws of helpers in which a participant took part, durably.
public interface DrawRegister {

  /// A draw in which its random bytes may have left.
  ///
  /// @param round the round
  /// @param number of the draw in the round, from 1
  /// @param list the hash of the commitments for which it opened its own
  record Drawn(int round, int number, Bytes list) {
    /// Whether it comes after another one of the same run.
    public boolean isAfter(Drawn other) {
      return round > other.round || (round == other.round && number > other.number);
    }
  }

  /// The latest draw of a run, if any. May be called by any thread.
  Optional<Drawn> drawn(String federation, String run);
}
