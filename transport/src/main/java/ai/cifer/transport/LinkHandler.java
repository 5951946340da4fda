package ai.cifer.transport;

/// What a participant does with what the coordinator sends.
///
/// Calls come one at a time, in the order `received*, closed`, on a virtual thread that may block;
/// while one blocks, no further envelope is read.
public interface LinkHandler {
  /// An envelope arrived.
  void received(Envelope envelope);

  /// The session ended; exactly once. The reason is the coordinator's, "closed by this side", or
  /// what is known about a lost connection.
  void closed(String reason);
}
