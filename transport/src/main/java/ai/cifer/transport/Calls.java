package ai.cifer.transport;

import ai.cifer.transport.wire.DownloadOpen;
import ai.cifer.transport.wire.DownloadReply;
import ai.cifer.transport.wire.SessionFrame;
import ai.cifer.transport.wire.UploadFrame;
import ai.cifer.transport.wire.UploadReply;
import com.google.protobuf.ByteString;
import java.io.IOException;

/// Begins calls to a coordinator; what differs between one kind of link and another.
interface Calls {
  Pipe<SessionFrame, SessionFrame> session() throws IOException;

  Pipe<UploadReply, UploadFrame> upload() throws IOException;

  Pipe<DownloadReply, DownloadOpen> download(DownloadOpen open) throws IOException;

  /// SHA-256 of the certificate that TLS showed for the session; [Statement#UNBOUND] without TLS.
  /// Asked after the first answer only.
  ByteString binding() throws IOException;

  /// Frees the connection.
  void close();
}
