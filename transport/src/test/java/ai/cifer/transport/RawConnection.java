package ai.cifer.transport;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/// TLS with a certificate and nothing above it: whatever is to be said is said byte by byte.
final class RawConnection implements AutoCloseable {
  private static final int CLOSE = 8;

  private final SSLSocket socket;
  private final DataInputStream in;
  private final OutputStream out;

  private RawConnection(SSLSocket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  /// @param protocol of ALPN
  static RawConnection open(int port, TlsIdentity identity, String protocol)
      throws IOException, GeneralSecurityException {
    var keys = KeyStore.getInstance(KeyStore.getDefaultType());
    keys.load(null, null);
    keys.setKeyEntry(
        "own", identity.key(), new char[0], identity.chain().toArray(X509Certificate[]::new));
    var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, new char[0]);
    var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", identity.authorities().getFirst());
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    var context = SSLContext.getInstance("TLSv1.3");
    context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    var socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
    var parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {protocol});
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(20_000);
    socket.startHandshake();
    return new RawConnection(socket);
  }

  /// Upgrades to a WebSocket at a call's path.
  static RawConnection webSocket(int port, TlsIdentity identity, String path, String... headers)
      throws IOException, GeneralSecurityException {
    RawConnection connection = open(port, identity, "http/1.1");
    try {
      connection.write(
          ascii(
              "GET "
                  + path
                  + " HTTP/1.1\r\nHost: localhost:"
                  + port
                  + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                  + String.join("", headers)
                  + "\r\n"));
    } catch (SocketException closed) {
      // Refused before all was said; what was answered can be read.
    }
    return connection;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  void write(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /// A frame with the mask zero, which leaves the payload as it is.
  static byte[] frame(int first, byte[] payload) {
    var bytes = new ByteArrayOutputStream();
    bytes.write(first);
    if (payload.length < 126) {
      bytes.write(0x80 | payload.length);
    } else if (payload.length < 1 << 16) {
      bytes.write(0x80 | 126);
      bytes.write(payload.length >>> 8);
      bytes.write(payload.length);
    } else {
      bytes.write(0x80 | 127);
      bytes.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(payload.length).array());
    }
    bytes.writeBytes(new byte[4]);
    bytes.writeBytes(payload);
    return bytes.toByteArray();
  }

  /// The status line of the answer; the rest of the head is read, too.
  String status() throws IOException {
    var head = new StringBuilder();
    try {
      while (head.indexOf("\r\n\r\n") < 0) {
        int next = in.read();
        if (next < 0) {
          return "closed";
        }
        head.append((char) next);
      }
    } catch (SocketException reset) {
      return "closed";
    }
    return head.substring(0, head.indexOf("\r\n"));
  }

  /// The first text that comes; what comes before is skipped.
  ///
  /// @return "closed" if there is none
  String text() {
    try {
      while (true) {
        int first = in.read();
        if (first < 0 || (first & 0xf) == CLOSE) {
          return "closed";
        }
        int length = in.readUnsignedByte();
        if (length == 126) {
          length = in.readUnsignedShort();
        } else if (length == 127) {
          length = Math.toIntExact(in.readLong());
        }
        var payload = new byte[length];
        in.readFully(payload);
        if (first == 0x81) {
          return new String(payload, StandardCharsets.US_ASCII);
        }
      }
    } catch (IOException e) {
      return "closed";
    }
  }

  /// Waits until the other side has closed.
  boolean isClosed() {
    try {
      while (in.read() >= 0) {
        Thread.onSpinWait();
      }
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
