package ai.cifer.transport;

import static ai.cifer.transport.RecordingHandler.next;
import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.transport.RecordingHandler.MemorySource;
import ai.cifer.transport.RecordingHandler.Participant;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Connections of which nobody knows whose they are.
@Timeout(120)
class StrangersTest {
  private static final TestAuthority AUTHORITY = new TestAuthority("federation");
  private static final TlsIdentity COORDINATOR = AUTHORITY.issue("coordinator");
  private static final TlsIdentity CLIENT = AUTHORITY.issue("client-1");

  private static Socket socket(int port) throws IOException {
    var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
    socket.setSoTimeout(30_000);
    return socket;
  }

  private static boolean isClosed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  private static void exchange(NetworkEndpoint endpoint, RecordingHandler handler)
      throws IOException {
    try (var link =
        NetworkLink.open(
            Route.to(URI.create("https://localhost:" + endpoint.port())),
            CLIENT,
            new Participant())) {
      next(handler.sessions);
      assertThat(link.upload("fine", new MemorySource(LinkContract.bytes(100_000)))).hasSize(1);
    }
  }

  @Test
  void aFloodOfStrangers_pushesOutItself_notTheOthers() throws Exception {
    var handler = new RecordingHandler();
    var sockets = new ArrayList<Socket>();
    try (var endpoint = NetworkEndpoint.start(Port.of("127.0.0.1", 0), COORDINATOR, handler)) {
      for (int i = 0; i < Gate.MOST_STRANGERS + 200; i++) {
        sockets.add(socket(endpoint.port()));
      }
      for (Socket first : sockets.subList(0, 200)) {
        assertThat(isClosed(first)).isTrue();
      }
      exchange(endpoint, handler);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void whoeverSendsMuchAndSaysNothing_isCutOff() throws Exception {
    var handler = new RecordingHandler();
    try (var endpoint = NetworkEndpoint.start(Port.of("127.0.0.1", 0), COORDINATOR, handler);
        Socket garbage = socket(endpoint.port());
        Socket endless = socket(endpoint.port())) {
      garbage.getOutputStream().write(new byte[1000]);
      assertThat(isClosed(garbage)).as("no TLS").isTrue();
      // Handshake records without end: each announces 16 KiB.
      var record = new byte[5 + (16 << 10)];
      record[0] = 22;
      record[1] = 3;
      record[2] = 1;
      record[3] = 64;
      record[5] = 1;
      record[6] = (byte) 0xff;
      try {
        for (int i = 0; i < 1000; i++) {
          endless.getOutputStream().write(record);
        }
      } catch (IOException closed) {
        assertThat(closed).hasMessageMatching(".*(reset|pipe|closed).*");
      }
      assertThat(isClosed(endless)).isTrue();
      exchange(endpoint, handler);
    }
  }

  /// One byte a second would be a handshake of minutes.
  @Test
  @Tag("slow")
  void slowLoris_isCutOffInTime_withAndWithoutTls() throws Exception {
    for (Port.Admission admission :
        List.of(Port.Admission.CERTIFICATE, Port.Admission.SIGNATURE_WITHOUT_TLS)) {
      var handler = new RecordingHandler();
      try (var endpoint =
              NetworkEndpoint.start(
                  Port.of("127.0.0.1", 0).admitting(admission, List.of()),
                  COORDINATOR,
                  TestSigner.enrolled(COORDINATOR, TestSigner.roster()),
                  handler);
          Socket slow = socket(endpoint.port())) {
        long begin = System.nanoTime();
        slow.getOutputStream()
            .write(
                admission == Port.Admission.CERTIFICATE
                    ? new byte[] {22, 3, 1}
                    : RawConnection.ascii("GET / HTTP/1.1\r\nX: "));
        assertThat(isClosed(slow)).isTrue();
        assertThat(System.nanoTime() - begin)
            .isBetween(
                Gate.PATIENCE.dividedBy(2).toNanos(), Gate.PATIENCE.multipliedBy(2).toNanos());
      }
    }
  }
}
