package ai.cifer.transport;

import com.linecorp.armeria.common.websocket.WebSocketFrame;
import com.linecorp.armeria.common.websocket.WebSocketFrameType;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/// Puts WebSocket messages together that came in fragments. Armeria can do that too, but keeps
/// empty fragments without end.
final class Fragments {
  private final int mostBytes;
  private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
  private WebSocketFrameType type = WebSocketFrameType.BINARY;

  Fragments(int mostBytes) {
    this.mostBytes = mostBytes;
  }

  /// @param frame with data; fragments follow each other as RFC 6455 says, the decoder sees to that
  /// @return the whole message, null while it goes on
  byte @Nullable [] add(WebSocketFrame frame) throws ProtocolException {
    if (frame.type() != WebSocketFrameType.CONTINUATION) {
      type = frame.type();
      if (frame.isFinalFragment()) {
        return frame.array();
      }
    }
    byte[] part = frame.array();
    if (part.length == 0 && !frame.isFinalFragment()) {
      throw new ProtocolException("an empty fragment of a message");
    }
    if (part.length > mostBytes - begun.size()) {
      throw new ProtocolException(
          "a message of more than " + mostBytes + " bytes (expected: at most so many)");
    }
    begun.writeBytes(part);
    if (!frame.isFinalFragment()) {
      return null;
    }
    byte[] whole = begun.toByteArray();
    begun.reset();
    return whole;
  }

  /// Of the message that was added to last.
  WebSocketFrameType type() {
    return type;
  }
}
