package ai.cifer.node.identity;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.transport.BlockSink;
import ai.cifer.transport.BlockSource;
import ai.cifer.transport.EndpointHandler;
import ai.cifer.transport.Envelope;
import ai.cifer.transport.LinkHandler;
import ai.cifer.transport.LinkRefused;
import ai.cifer.transport.NetworkEndpoint;
import ai.cifer.transport.NetworkLink;
import ai.cifer.transport.Port;
import ai.cifer.transport.Route;
import ai.cifer.transport.Session;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Enrolled identities carry a link: the coordinator reads name, role and signing key from TLS.
class IdentityLinkTest {
  @TempDir Path dir;

  private Identity enrol(Role role, String name, List<String> hosts) throws IOException {
    InstantSource clock = InstantSource.system();
    Path folder = dir.resolve(name);
    CertificateRequest request = CertificateRequest.create(folder, role, name, hosts);
    try (var authority = Authority.open(dir.resolve("ca"))) {
      authority.sign(request, Duration.ofDays(1), clock, folder.resolve("certificate.pem"));
    }
    return Identity.load(
        folder.resolve("certificate.pem"),
        folder.resolve(CertificateRequest.KEY_FILE),
        dir.resolve("ca").resolve(Authority.CERTIFICATE_FILE),
        clock);
  }

  @Test
  void theCoordinatorKnowsWhoConnected() throws Exception {
    Authority.create(dir.resolve("ca"), "f", Duration.ofDays(2), InstantSource.system()).close();
    var seen = new CompletableFuture<Participant>();
    var handler =
        new EndpointHandler() {
          @Override
          public void opened(Session session) throws LinkRefused {
            try {
              seen.complete(Participant.of(session.peer()));
            } catch (IdentityRefused e) {
              throw LinkRefused.declined(String.valueOf(e.getMessage()));
            }
          }

          @Override
          public void received(Session session, Envelope envelope) {}

          @Override
          public void closed(Session session, String reason) {}

          @Override
          public BlockSink receive(X509Certificate peer, String stream, long length)
              throws LinkRefused {
            throw LinkRefused.declined("no streams");
          }

          @Override
          public BlockSource serve(X509Certificate peer, String stream) throws LinkRefused {
            throw LinkRefused.declined("no streams");
          }
        };
    var participant =
        new LinkHandler() {
          @Override
          public void received(Envelope envelope) {}

          @Override
          public void closed(String reason) {}
        };
    try (var hub = enrol(Role.COORDINATOR, "hub", List.of("localhost"));
        var clinic = enrol(Role.CLIENT, "clinic-1", List.of());
        var endpoint = NetworkEndpoint.start(Port.of("127.0.0.1", 0), hub.tls(), handler);
        var link =
            NetworkLink.open(
                Route.to(URI.create("https://localhost:" + endpoint.port())),
                clinic.tls(),
                participant)) {
      assertThat(link.isOpen()).isTrue();
      assertThat(seen.get(20, TimeUnit.SECONDS)).isEqualTo(clinic.participant());
    }
  }
}
