package ai.cifer.node.coordinator;

import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.node.Venue;
import ai.cifer.node.config.Address;
import ai.cifer.node.config.ServerConfig;
import ai.cifer.node.identity.CertificateEnrolment;
import ai.cifer.node.identity.Identities;
import ai.cifer.node.identity.Identity;
import ai.cifer.node.identity.Role;
import ai.cifer.node.identity.SignedIdentities;
import ai.cifer.secagg.identity.Enrolment;
import ai.cifer.transport.Endpoint;
import ai.cifer.transport.EndpointHandler;
import ai.cifer.transport.NetworkEndpoint;
import ai.cifer.transport.Port;
import java.io.IOException;
import java.time.InstantSource;

/// The port and the files that a configuration names.
public record NetworkVenue(ServerConfig config, InstantSource clock) implements Venue {

  @Override
  public Identity identity() throws NodeException {
    return Identities.load(config.credentials(), Role.COORDINATOR, clock);
  }

  @Override
  public Enrolment enrolment(Identity identity) {
    return new CertificateEnrolment(identity, clock);
  }

  @Override
  public Endpoint open(Identity identity, EndpointHandler handler) throws NodeException {
    Port port = port();
    try {
      return NetworkEndpoint.start(
          port, identity.tls(), SignedIdentities.of(identity, clock), handler);
    } catch (IOException failure) {
      throw new NodeException(
          Reason.PORT_IN_USE,
          "port: %d: %s".formatted(config.address().port(), failure.getMessage()),
          failure);
    }
  }

  private Port port() throws NodeException {
    Address address = config.address();
    Port.Admission admission =
        !address.isSecure()
            ? Port.Admission.SIGNATURE_WITHOUT_TLS
            : config.credentials().signs() ? Port.Admission.SIGNATURE : Port.Admission.CERTIFICATE;
    return Port.of(address.host(), address.port())
        .admitting(admission, Identities.proxies(config.credentials()));
  }
}
