package ai.cifer.transport;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// What one side of a link shows and whom it believes: its certificate chain, the private key of
/// the chain's first certificate, and the authorities whose certificates it accepts.
///
/// Not a record, since it holds a private key: [#toString] names the subject only.
public final class TlsIdentity {
  private final List<X509Certificate> chain;
  private final PrivateKey key;
  private final List<X509Certificate> authorities;

  /// Joins the three parts.
  ///
  /// @param chain own certificate first, then its issuers if the other side needs them
  /// @param key private key of `chain.getFirst()`
  /// @param authorities trusted roots; certificates of nobody else are accepted
  /// @throws IllegalArgumentException if a list is empty
  public TlsIdentity(
      List<X509Certificate> chain, PrivateKey key, List<X509Certificate> authorities) {
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("chain: empty (expected: at least the own certificate)");
    }
    if (authorities.isEmpty()) {
      throw new IllegalArgumentException("authorities: empty (expected: at least one authority)");
    }
    this.chain = List.copyOf(chain);
    this.key = key;
    this.authorities = List.copyOf(authorities);
  }

  /// Own certificate first.
  public List<X509Certificate> chain() {
    return chain;
  }

  /// The private key of the first certificate.
  public PrivateKey key() {
    return key;
  }

  /// The trusted roots.
  public List<X509Certificate> authorities() {
    return authorities;
  }

  @Override
  public String toString() {
    return "TlsIdentity[subject="
        + chain.getFirst().getSubjectX500Principal().getName()
        + ", key=redacted]";
  }
}
