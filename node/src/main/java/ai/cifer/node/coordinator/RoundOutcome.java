package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.node.NodeException;
import ai.cifer.secagg.codec.Bytes;
import java.util.List;

/// How a round ended.
sealed interface RoundOutcome {

  /// @param result the hash that the next round refers to
  /// @param clips of the next round
  record Completed(RoundSummary summary, Bytes result, List<Float> clips) implements RoundOutcome {}

  /// The coordinator stops within the round, which goes on when it is started again.
  record Stopped(NodeException reason) implements RoundOutcome {}

  /// @param fatal whether trying another round cannot help
  record Voided(NodeException reason, boolean fatal) implements RoundOutcome {}
}
