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
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Lets those in at the coordinator whom TLS did not: their first messages prove who they are, and
/// their streams show the ticket that they got for it.
final class Doorkeeper {
  /// Turns everybody away that TLS did not let in.
  static final Doorkeeper NONE = new Doorkeeper(null, Set.of());

  private final @Nullable SignedIdentity identity;
  private final Set<ByteString> bindings;

  /// By the hash of the ticket, so that how long the search takes says nothing about tickets.
  private final Map<ByteString, X509Certificate> tickets = new ConcurrentHashMap<>();

  /// @param bindings hashes of the certificates that participants may see in TLS: the coordinator's
  ///   own, and those of proxies before it
  Doorkeeper(@Nullable SignedIdentity identity, Set<ByteString> bindings) {
    this.identity = identity;
    this.bindings = Set.copyOf(bindings);
  }

  /// @param welcome how it is greeted
  record Guest(X509Certificate certificate, Welcome welcome) {}

  /// Greets whom TLS let in, and lets others prove who they are.
  ///
  /// @throws LinkRefused if it is nobody
  Guest admit(Caller caller, Hello hello, Pipe<SessionFrame, SessionFrame> pipe)
      throws IOException {
    if (caller.certificate() != null) {
      return new Guest(
          caller.certificate(), Welcome.newBuilder().setVersion(Frames.VERSION).build());
    }
    if (identity == null || !hello.hasClaim()) {
      throw LinkRefused.declined(
          identity == null
              ? "this coordinator lets nobody in without a certificate in TLS"
              : "neither a certificate in TLS nor a claim in hello (expected: one of them)");
    }
    Claim claim = hello.getClaim();
    Statement.check(claim.getCertificate(), claim.getNonce());
    ByteString certificate = UnsafeByteOperations.unsafeWrap(identity.certificate());
    ByteString nonce = Statement.random();
    pipe.put(
        SessionFrame.newBuilder()
            .setChallenge(Challenge.newBuilder().setCertificate(certificate).setNonce(nonce))
            .build());
    SessionFrame next = pipe.take();
    if (next == null || !next.hasProof()) {
      throw new ProtocolException("the frame after the challenge: not a proof");
    }
    Proof proof = next.getProof();
    Statement.check("binding", proof.getBinding(), Statement.HASH_BYTES);
    if (!bindings.contains(proof.getBinding())) {
      throw LinkRefused.declined(
          "the certificate that TLS showed is neither the coordinator's nor that of a proxy that it"
              + " knows (expected: a certificate in its proxy_certfile)");
    }
    var statement =
        new Statement(
            proof.getBinding(), claim.getNonce(), nonce, claim.getCertificate(), certificate);
    X509Certificate peer =
        identity.verify(
            claim.getCertificate().toByteArray(),
            statement.ofParticipant(),
            proof.getSignature().toByteArray());
    caller.known().run();
    ByteString ticket = Statement.random();
    tickets.put(Statement.hash(ticket), peer);
    return new Guest(
        peer,
        Welcome.newBuilder()
            .setVersion(Frames.VERSION)
            .setSignature(UnsafeByteOperations.unsafeWrap(identity.sign(statement.ofCoordinator())))
            .setTicket(ticket)
            .build());
  }

  /// Its session has ended.
  void leave(Guest guest) {
    tickets.remove(Statement.hash(guest.welcome().getTicket()));
  }

  /// Whose stream it is: TLS says so, or the ticket.
  ///
  /// @throws IOException if its session is over: the link was lost, nobody turned it away
  X509Certificate owner(Caller caller, ByteString ticket) throws IOException {
    if (caller.certificate() != null) {
      return caller.certificate();
    }
    X509Certificate owner = tickets.get(Statement.hash(ticket));
    if (owner == null) {
      throw new IOException(
          "a stream without the ticket of a session that is open (expected: open a session first)");
    }
    caller.known().run();
    return owner;
  }
}
