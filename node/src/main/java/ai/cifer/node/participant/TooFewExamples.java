package ai.cifer.node.participant;

/// What the coordinator decided about data and training leaves out too many of this client's
/// examples: the fewer train, the more a sum tells of each.
final class TooFewExamples extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// What the coordinator is told. A number would tell how many examples the classes have, one
  /// round after the other.
  static final String REASON = "too few examples would train (this participant's min_examples)";

  /// @param training how many would train
  /// @param held how many there are
  /// @param demanded how many must
  TooFewExamples(long training, long held, long demanded) {
    super(
        "examples: %d of %d would train (expected: >= %d, this participant's min_examples): the coordinator's split or class_weights leave out the others; write \"min_examples\": %d in this participant's file if its owner accepts that"
            .formatted(training, held, demanded, Math.max(1, training)));
  }
}
