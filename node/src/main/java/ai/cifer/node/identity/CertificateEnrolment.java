package ai.cifer.node.identity;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.identity.EnrolledKey;
import ai.cifer.secagg.identity.Enrolment;
import ai.cifer.secagg.identity.NotEnrolled;
import ai.cifer.secagg.identity.Signer;
import java.time.InstantSource;

/// Fills the protocol's notion of who is who with this federation's certificates.
public final class CertificateEnrolment implements Enrolment {

  private final Identity own;
  private final InstantSource clock;

  /// @param own whose authorities are believed
  public CertificateEnrolment(Identity own, InstantSource clock) {
    this.own = own;
    this.clock = clock;
  }

  @Override
  public EnrolledKey key(String name, ai.cifer.secagg.identity.Role role, byte[] certificate)
      throws NotEnrolled {
    Participant participant;
    try {
      participant = Participant.decode(certificate, own.authorities(), clock);
    } catch (IdentityRefused refused) {
      throw new NotEnrolled(String.valueOf(refused.getMessage()), refused);
    }
    if (!participant.name().equals(name) || protocolRole(participant.role()) != role) {
      throw new NotEnrolled(
          "certificate says %s %s (expected: %s %s)"
              .formatted(participant.role().word(), participant.name(), role, name));
    }
    return new EnrolledKey(Bytes.of(participant.signingKey().getEncoded()), participant::verify);
  }

  /// The role as protocol messages name it.
  public static ai.cifer.secagg.identity.Role protocolRole(Role role) {
    return switch (role) {
      case COORDINATOR -> ai.cifer.secagg.identity.Role.COORDINATOR;
      case CLIENT -> ai.cifer.secagg.identity.Role.CLIENT;
      case KEY_HOLDER -> ai.cifer.secagg.identity.Role.KEY_HOLDER;
    };
  }

  /// Signs with the key of an identity.
  public static Signer signer(Identity identity) {
    return new Signer() {
      @Override
      public String name() {
        return identity.name();
      }

      @Override
      public byte[] sign(byte[] message) {
        return identity.sign(message);
      }
    };
  }
}
