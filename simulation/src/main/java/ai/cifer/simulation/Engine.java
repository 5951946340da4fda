package ai.cifer.simulation;

import java.util.concurrent.CompletableFuture;

/// Where clients do their work: threads of this process, or other machines. A task tells all about
/// the work and nothing about the engine; how the client then reaches the coordinator is the
/// engine's business.
public interface Engine extends AutoCloseable {

  /// Begins the work of a client in a round, and returns at once.
  ///
  /// @return completed when the client's work is over, whatever its [Fate]; completed exceptionally
  ///   with a [ai.cifer.node.NodeException] if it could not be done
  CompletableFuture<Void> start(ClientTask task);

  /// Ends what is running.
  @Override
  void close();
}
