package ai.cifer.transport;

import ai.cifer.transport.wire.DownloadOpen;
import ai.cifer.transport.wire.DownloadReply;
import ai.cifer.transport.wire.SessionFrame;
import ai.cifer.transport.wire.UploadFrame;
import ai.cifer.transport.wire.UploadReply;
import java.io.IOException;

/// Begins calls to a coordinator; what differs between one kind of link and another.
interface Calls {
  Pipe<SessionFrame, SessionFrame> session() throws IOException;

  Pipe<UploadReply, UploadFrame> upload() throws IOException;

  Pipe<DownloadReply, DownloadOpen> download(DownloadOpen open) throws IOException;

  /// Frees the connection.
  void close();
}
