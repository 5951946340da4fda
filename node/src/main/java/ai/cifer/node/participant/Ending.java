package ai.cifer.node.participant;

/// How a run ended, as the coordinator told it.
///
/// @param completed rounds with a result
/// @param reason empty when all rounds are done
public record Ending(int completed, String reason) {}
