package ai.cifer.transport;

import java.io.IOException;
import java.security.cert.X509Certificate;

/// What a coordinator does with sessions and streams.
///
/// Every method runs on a virtual thread and may block. Calls for one session never overlap and
/// come in the order `opened, received*, closed`; while one blocks, no further envelope is read
/// from that participant. Different sessions and streams run at the same time. What a method throws
/// ends that session or stream only: the other side gets the message of a [LinkRefused] or
/// [IOException] and, for anything else, a plain "internal error"; the stack trace goes to the log.
public interface EndpointHandler {
  /// A participant connected. `closed` follows exactly once unless this throws.
  ///
  /// @throws LinkRefused to turn it away, see [LinkRefused#declined]
  void opened(Session session) throws LinkRefused;

  /// An envelope arrived.
  ///
  /// @throws IOException to end the session with that reason
  void received(Session session, Envelope envelope) throws IOException;

  /// The session ended: by either side, or because the connection was lost (at once when the other
  /// process dies).
  void closed(Session session, String reason);

  /// A participant wants to upload a stream.
  ///
  /// @param stream its name, see [StreamName]
  /// @param length the announced length; exactly so many bytes arrive before [BlockSink#complete]
  /// @throws LinkRefused to turn it away before a byte is sent
  /// @throws IOException if the sink cannot be opened
  BlockSink receive(X509Certificate peer, String stream, long length) throws IOException;

  /// A participant wants to download a stream.
  ///
  /// @throws LinkRefused to turn it away
  /// @throws IOException if the source cannot be opened
  BlockSource serve(X509Certificate peer, String stream) throws IOException;
}
