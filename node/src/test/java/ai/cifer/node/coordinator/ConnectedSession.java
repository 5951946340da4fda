package ai.cifer.node.coordinator;

import ai.cifer.node.identity.Authority;
import ai.cifer.node.identity.CertificateRequest;
import ai.cifer.node.identity.Role;
import ai.cifer.transport.Envelope;
import ai.cifer.transport.Session;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The coordinator's end of a link without the link: keeps what was sent and why it was closed.
final class ConnectedSession implements Session {

  final List<Envelope> sent = new ArrayList<>();
  @Nullable String closed;
  boolean goodbye;
  private final X509Certificate peer;

  ConnectedSession(X509Certificate peer) {
    this.peer = peer;
  }

  /// A certificate of an authority of its own.
  static X509Certificate certificate(Path folder, Role role, String name) throws Exception {
    try (Authority authority =
        Authority.create(
            folder.resolve("authority-of-" + name),
            "Test",
            Duration.ofDays(1),
            InstantSource.system())) {
      CertificateRequest request =
          CertificateRequest.create(
              folder.resolve(name),
              role,
              name,
              role == Role.COORDINATOR ? List.of("localhost") : List.of());
      return authority.sign(request, Duration.ofHours(1), InstantSource.system());
    }
  }

  @Override
  public X509Certificate peer() {
    return peer;
  }

  @Override
  public void send(Envelope envelope) {
    sent.add(envelope);
  }

  @Override
  public void sendLater(Supplier<Optional<Envelope>> envelope) {
    envelope.get().ifPresent(sent::add);
  }

  @Override
  public boolean isOpen() {
    return closed == null;
  }

  @Override
  public boolean saidGoodbye() {
    return goodbye;
  }

  @Override
  public void close(String reason) {
    closed = reason;
  }
}
