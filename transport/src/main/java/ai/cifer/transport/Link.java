package ai.cifer.transport;

import java.io.IOException;

/// A participant's connection to its coordinator: one session and any number of streams beside it.
///
/// Every method may be called from any thread and blocks its caller; interrupting the caller ends
/// the wait with [java.io.InterruptedIOException].
public interface Link extends AutoCloseable {
  /// Sends an envelope after those sent before, waiting while 8 MiB are on their way.
  ///
  /// @throws IOException if the link is closed; the message is the reason
  void send(Envelope envelope) throws IOException;

  /// Uploads a stream from the byte at which the coordinator wants it ([BlockSink#offset]) and
  /// closes the source.
  ///
  /// Memory is constant: blocks of 1 MiB, read when the connection takes more.
  ///
  /// @param stream its name, see [StreamName]
  /// @return the coordinator's receipt: the stream is complete there
  /// @throws LinkRefused if the coordinator declines
  /// @throws IOException if the link is lost, the source fails or its length is wrong
  byte[] upload(String stream, BlockSource source) throws IOException;

  /// Downloads a stream from [BlockSink#offset] on, calls [BlockSink#complete] when all of it
  /// arrived, and closes the sink in any case.
  ///
  /// @throws LinkRefused if the coordinator declines
  /// @throws IOException if the link is lost, the sink fails or the length is wrong
  void download(String stream, BlockSink sink) throws IOException;

  /// False from the moment the session is lost or closed.
  boolean isOpen();

  /// Ends the session after what was sent, aborts streams that still run, and waits for
  /// [LinkHandler#closed] to return unless called from the handler. Idempotent.
  @Override
  void close();
}
