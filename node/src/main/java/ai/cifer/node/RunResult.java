package ai.cifer.node;

import ai.cifer.fedlearn.history.RoundSummary;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// How a run ended.
///
/// @param run its id
/// @param folder where config, event log, metrics and models lie
/// @param rounds the completed rounds in order
/// @param reason why it ended early; empty when all rounds are done
public record RunResult(
    String run, Path folder, List<RoundSummary> rounds, Optional<NodeException> reason) {
  public RunResult {
    rounds = List.copyOf(rounds);
  }
}
