package ai.cifer.simulation;

import ai.cifer.node.identity.Authority;
import ai.cifer.node.identity.CertificateEnrolment;
import ai.cifer.node.identity.Identity;
import ai.cifer.node.identity.IdentityRefused;
import ai.cifer.node.identity.Role;
import ai.cifer.secagg.identity.Enrolment;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Identities that are made when somebody is needed for the first time, and end with this process.
final class SimulatedFederation implements AutoCloseable {

  private static final Duration VALIDITY = Duration.ofDays(365);

  private final InstantSource clock;
  private final Authority authority;
  private final Identity coordinator;
  private final Enrolment enrolment;
  private final Map<String, Identity> clients = new ConcurrentHashMap<>();

  SimulatedFederation(InstantSource clock) throws IOException {
    this.clock = clock;
    authority = Authority.inMemory("cifer-simulation", VALIDITY, clock);
    coordinator = identity(Role.COORDINATOR, "coordinator", List.of("localhost"));
    enrolment = new SharedEnrolment(new CertificateEnrolment(coordinator, clock));
  }

  private Identity identity(Role role, String name, List<String> hosts) throws IdentityRefused {
    return Identity.inMemory(authority, role, name, hosts, VALIDITY, clock);
  }

  Identity coordinator() {
    return coordinator;
  }

  Identity client(String name) throws IOException {
    Identity known = clients.get(name);
    if (known == null) {
      known = identity(Role.CLIENT, name, List.of());
      clients.put(name, known);
    }
    return known;
  }

  /// What all participants believe.
  Enrolment enrolment() {
    return enrolment;
  }

  @Override
  public void close() {
    authority.close();
    coordinator.close();
    clients.values().forEach(Identity::close);
  }
}
