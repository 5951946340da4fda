package ai.cifer.transport;

/// A coordinator that participants can reach.
public interface Endpoint extends AutoCloseable {
  /// The port that it listens on; 0 where there is no network.
  int port();

  /// What happens at it.
  PortFigures figures();

  /// Closes every session with a reason, lets running streams of up to two seconds finish, and
  /// frees port and threads. Returns when the last [EndpointHandler#closed] has returned.
  /// Idempotent.
  @Override
  void close();
}
