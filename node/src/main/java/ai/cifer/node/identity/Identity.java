package ai.cifer.node.identity;

import ai.cifer.node.identity.IdentityRefused.Reason;
import ai.cifer.transport.TlsIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who this process is: a certified participant with its two private keys, and the authorities it
/// trusts.
public final class Identity implements AutoCloseable {
  private final Participant participant;
  private final TlsIdentity tls;
  private final List<X509Certificate> authorities;
  private @Nullable PrivateKey signingKey;

  private Identity(
      Participant participant,
      TlsIdentity tls,
      List<X509Certificate> authorities,
      PrivateKey signingKey) {
    this.participant = participant;
    this.tls = tls;
    this.authorities = authorities;
    this.signingKey = signingKey;
  }

  /// Reads certificate, keys and authority, and refuses whatever would fail later.
  ///
  /// @param certfile certificate of this participant
  /// @param keyfile its two private keys, mode 600
  /// @param cafile one or more trusted authorities
  /// @throws IdentityRefused with the file, the fact and the cure
  public static Identity load(Path certfile, Path keyfile, Path cafile, InstantSource clock)
      throws IOException {
    List<X509Certificate> authorities = Pem.certificates(cafile);
    List<X509Certificate> chain = Pem.certificates(certfile);
    X509Certificate certificate = chain.getFirst();
    String where = certfile.toString();
    Participant participant = Participant.of(certificate, where);
    Trust.verify(certificate, authorities, clock, where);
    Keys.requireP256(certificate.getPublicKey(), where);
    List<PrivateKey> keys = Keys.read(keyfile, "EC", SigningKeys.ALGORITHM);
    requireMatch(
        Keys.match(keys.getFirst(), certificate.getPublicKey(), Keys.TLS_SIGNATURE),
        keyfile,
        "TLS",
        certfile);
    requireMatch(
        Keys.match(keys.getLast(), participant.signingKey(), SigningKeys.ALGORITHM),
        keyfile,
        "signing",
        certfile);
    return new Identity(
        participant,
        new TlsIdentity(List.of(certificate), keys.getFirst(), authorities),
        authorities,
        keys.getLast());
  }

  /// Makes an identity that ends with this process: its keys are nowhere else.
  ///
  /// @param name 1 to 64 characters of `[A-Za-z0-9._-]`
  /// @param hosts of a coordinator, empty for others
  /// @throws IdentityRefused if the authority is not valid now
  public static Identity inMemory(
      Authority authority,
      Role role,
      String name,
      List<String> hosts,
      Duration validity,
      InstantSource clock)
      throws IdentityRefused {
    KeyPair tls = Keys.generateTls();
    KeyPair signing = Keys.generateSigning();
    Claims claims = new Claims(role, name, null, null, hosts, signing.getPublic());
    X509Certificate certificate = authority.sign(claims, tls.getPublic(), validity, clock);
    List<X509Certificate> authorities = List.of(authority.certificate());
    return new Identity(
        Participant.of(certificate),
        new TlsIdentity(List.of(certificate), tls.getPrivate(), authorities),
        authorities,
        signing.getPrivate());
  }

  private static void requireMatch(boolean match, Path keyfile, String which, Path certfile)
      throws IdentityRefused {
    if (!match) {
      throw new IdentityRefused(
          Reason.WRONG_KEY,
          keyfile
              + ": its "
              + which
              + " key is not the one in "
              + certfile
              + "; use the private_key.pem that was made with this certificate's request");
    }
  }

  /// What others see of this identity.
  public Participant participant() {
    return participant;
  }

  /// Name in the certificate.
  public String name() {
    return participant.name();
  }

  /// Role in the certificate.
  public Role role() {
    return participant.role();
  }

  /// For links and endpoints.
  public TlsIdentity tls() {
    return tls;
  }

  /// The trusted authorities, for [Participant#decode].
  public List<X509Certificate> authorities() {
    return authorities;
  }

  /// The Ed25519 signature of 64 bytes, for [Participant#verify]. Messages begin with a label of
  /// their type, so that a signature cannot serve for another one.
  ///
  /// @throws IllegalStateException after [#close]
  public byte[] sign(byte[] message) {
    PrivateKey key = signingKey;
    if (key == null) {
      throw new IllegalStateException("identity: closed");
    }
    return SigningKeys.sign(key, message);
  }

  /// Forgets the signing key. The JDK's key objects cannot be zeroed; they are garbage after this.
  @Override
  public void close() {
    signingKey = null;
  }

  @Override
  public String toString() {
    return "Identity[" + Claims.SCHEME + "://" + role().word() + "/" + name() + "]";
  }
}
