package ai.cifer.transport;

import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Supplier;

/// The coordinator's handle on one connected participant. Every method may be called from any
/// thread.
public interface Session {
  /// The certificate that the participant proved to own.
  X509Certificate peer();

  /// Queues an envelope behind those sent before; returns at once.
  ///
  /// Envelopes arrive in the order of the calls. A participant that does not read is not waited
  /// for: when more than 64 MiB wait for it, the session is closed with that reason. On a closed
  /// session the envelope is dropped, since [EndpointHandler#closed] tells or has told.
  void send(Envelope envelope);

  /// As [#send], for an envelope that is made only when those before it have left, by another
  /// thread: however many wait, they take no memory.
  ///
  /// @param envelope must not block for long; empty if it is not needed any more by then
  void sendLater(Supplier<Optional<Envelope>> envelope);

  /// False from the moment the connection is lost or [#close] was called.
  boolean isOpen();

  /// Whether the participant said that it leaves. If it did not, its link was lost or this side
  /// closed it; it may come back.
  boolean saidGoodbye();

  /// Ends the session after what was already sent; the participant learns the reason. Idempotent.
  ///
  /// @param reason one line, shown to the participant and to [EndpointHandler#closed]
  void close(String reason);
}
