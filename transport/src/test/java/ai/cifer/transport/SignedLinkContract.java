package ai.cifer.transport;

import java.io.IOException;
import java.net.URI;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;

/// The contract where signatures say who is who.
abstract class SignedLinkContract extends LinkContract {
  private static final TestAuthority AUTHORITY = new TestAuthority("federation");
  private static final TlsIdentity COORDINATOR = AUTHORITY.issue("coordinator");
  private static final Map<X509Certificate, PublicKey> ROSTER = TestSigner.roster();
  private static final TestSigner COORDINATOR_SIGNER = TestSigner.enrolled(COORDINATOR, ROSTER);
  private static final TlsIdentity CLIENT = AUTHORITY.issue("client-1");
  private static final TestSigner CLIENT_SIGNER = TestSigner.enrolled(CLIENT, ROSTER);

  private final Port.Admission admission;
  private final String scheme;

  SignedLinkContract(Port.Admission admission, String scheme) {
    this.admission = admission;
    this.scheme = scheme;
  }

  @Override
  Wire start(EndpointHandler handler) throws IOException {
    NetworkEndpoint endpoint =
        NetworkEndpoint.start(
            Port.of("127.0.0.1", 0).admitting(admission, List.of()),
            COORDINATOR,
            COORDINATOR_SIGNER,
            handler);
    return new Wire() {
      @Override
      public Link connect(LinkHandler participant) throws IOException {
        return NetworkLink.open(
            Route.to(URI.create(scheme + "://localhost:" + endpoint.port())),
            CLIENT.authorities(),
            CLIENT_SIGNER,
            participant);
      }

      @Override
      public X509Certificate peer() {
        return CLIENT.chain().getFirst();
      }

      @Override
      public void close() {
        endpoint.close();
      }
    };
  }
}
