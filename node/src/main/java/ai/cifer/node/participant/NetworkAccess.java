package ai.cifer.node.participant;

import ai.cifer.node.Access;
import ai.cifer.node.NodeException;
import ai.cifer.node.config.Address;
import ai.cifer.node.config.Credentials;
import ai.cifer.node.identity.CertificateEnrolment;
import ai.cifer.node.identity.Identities;
import ai.cifer.node.identity.Identity;
import ai.cifer.node.identity.Role;
import ai.cifer.node.identity.SignedIdentities;
import ai.cifer.secagg.identity.Enrolment;
import ai.cifer.transport.Link;
import ai.cifer.transport.LinkHandler;
import ai.cifer.transport.NetworkLink;
import ai.cifer.transport.Route;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;

/// A participant's way over the network, with an identity from files.
final class NetworkAccess implements Access {

  private final Route route;
  private final Identity identity;
  private final InstantSource clock;

  /// Who may show itself in TLS; empty where certificates in TLS say who is who.
  private final List<X509Certificate> shown;

  private final boolean signs;

  private NetworkAccess(
      Route route,
      Identity identity,
      InstantSource clock,
      boolean signs,
      List<X509Certificate> shown) {
    this.route = route;
    this.identity = identity;
    this.clock = clock;
    this.signs = signs;
    this.shown = shown;
  }

  /// @throws NodeException if a file that it needs is unusable
  static NetworkAccess of(
      Address coordinator, Credentials credentials, Role role, InstantSource clock)
      throws NodeException {
    Identity identity = Identities.load(credentials, role, clock);
    boolean made = false;
    try {
      boolean signs = credentials.signs();
      NetworkAccess access =
          new NetworkAccess(
              coordinator.route(),
              identity,
              clock,
              signs,
              signs ? Identities.shownInTls(credentials, identity) : List.of());
      made = true;
      return access;
    } finally {
      if (!made) {
        identity.close();
      }
    }
  }

  @Override
  public Identity identity() {
    return identity;
  }

  @Override
  public Enrolment enrolment() {
    return new CertificateEnrolment(identity, clock);
  }

  @Override
  public String coordinator() {
    return route.coordinator().toString();
  }

  @Override
  public Link open(LinkHandler handler) throws IOException {
    return signs
        ? NetworkLink.open(route, shown, SignedIdentities.of(identity, clock), handler)
        : NetworkLink.open(route, identity.tls(), handler);
  }

  @Override
  public void close() {
    identity.close();
  }
}
