package ai.cifer.transport;

import ai.cifer.transport.wire.Challenge;
import ai.cifer.transport.wire.Claim;
import ai.cifer.transport.wire.Hello;
import ai.cifer.transport.wire.Proof;
import ai.cifer.transport.wire.SessionFrame;
import ai.cifer.transport.wire.Welcome;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// How a participant begins its session.
final class Introduction {
  private final @Nullable SignedIdentity identity;

  /// @param identity what proves who it is; null where TLS does
  Introduction(@Nullable SignedIdentity identity) {
    this.identity = identity;
  }

  /// Says hello and waits for the welcome.
  ///
  /// @return the ticket that streams must show, empty where TLS proves whose they are
  /// @throws LinkRefused if the coordinator declines, or is not the coordinator
  ByteString over(Pipe<SessionFrame, SessionFrame> session, Calls calls) throws IOException {
    Hello.Builder hello = Hello.newBuilder().setVersion(Frames.VERSION);
    if (identity == null) {
      session.put(SessionFrame.newBuilder().setHello(hello).build());
      welcome(session);
      return ByteString.EMPTY;
    }
    ByteString certificate = UnsafeByteOperations.unsafeWrap(identity.certificate());
    ByteString nonce = Statement.random();
    session.put(
        SessionFrame.newBuilder()
            .setHello(
                hello.setClaim(Claim.newBuilder().setCertificate(certificate).setNonce(nonce)))
            .build());
    SessionFrame next = session.take();
    if (next == null || !next.hasChallenge()) {
      throw new ProtocolException("the coordinator's first frame: not a challenge");
    }
    Challenge challenge = next.getChallenge();
    Statement.check(challenge.getCertificate(), challenge.getNonce());
    ByteString binding = calls.binding();
    var statement =
        new Statement(
            binding, nonce, challenge.getNonce(), certificate, challenge.getCertificate());
    session.put(
        SessionFrame.newBuilder()
            .setProof(
                Proof.newBuilder()
                    .setBinding(binding)
                    .setSignature(
                        UnsafeByteOperations.unsafeWrap(identity.sign(statement.ofParticipant()))))
            .build());
    Welcome welcome = welcome(session);
    identity.verify(
        challenge.getCertificate().toByteArray(),
        statement.ofCoordinator(),
        welcome.getSignature().toByteArray());
    Statement.check("ticket", welcome.getTicket(), Statement.NONCE_BYTES);
    return welcome.getTicket();
  }

  private static Welcome welcome(Pipe<SessionFrame, SessionFrame> session) throws IOException {
    SessionFrame frame = session.take();
    if (frame == null || !frame.hasWelcome()) {
      throw new ProtocolException("the coordinator's first frame: not welcome");
    }
    return frame.getWelcome();
  }
}
