package ai.cifer.node.identity;

import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.node.config.Credentials;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;

/// Loads the identity of a process and checks that it may do what it was started for.
public final class Identities {

  private Identities() {}

  /// @throws NodeException if a file is unusable or the certificate is for another role
  public static Identity load(Credentials credentials, Role role, InstantSource clock)
      throws NodeException {
    Identity identity;
    try {
      identity =
          Identity.load(
              credentials.certificate(), credentials.key(), credentials.authority(), clock);
    } catch (IdentityRefused refused) {
      throw new NodeException(Reason.IDENTITY_UNUSABLE, refused);
    } catch (IOException unreadable) {
      throw new NodeException(
          Reason.IDENTITY_UNUSABLE,
          "%s cannot be read (expected: certfile, keyfile and cafile; make them with: cifer certs)"
              .formatted(unreadable.getMessage()),
          unreadable);
    }
    if (identity.role() != role) {
      identity.close();
      throw new NodeException(
          Reason.IDENTITY_UNUSABLE,
          "role in %s: %s (expected: %s; request a certificate with --role %s)"
              .formatted(
                  credentials.certificate(), identity.role().word(), role.word(), role.word()));
    }
    return identity;
  }

  /// What the certificate in TLS may be, or who may have signed it, where signatures prove who is
  /// who: that of a proxy, or the coordinator's own.
  ///
  /// @throws NodeException if the file is unusable
  public static List<X509Certificate> shownInTls(Credentials credentials, Identity identity)
      throws NodeException {
    return credentials.proxy().isPresent() ? proxies(credentials) : identity.authorities();
  }

  /// The certificates of proxies, none if no file names any.
  ///
  /// @throws NodeException if the file is unusable
  public static List<X509Certificate> proxies(Credentials credentials) throws NodeException {
    if (credentials.proxy().isEmpty()) {
      return List.of();
    }
    try {
      return Pem.certificates(credentials.proxy().get());
    } catch (IdentityRefused refused) {
      throw new NodeException(Reason.IDENTITY_UNUSABLE, refused);
    } catch (IOException unreadable) {
      throw new NodeException(
          Reason.IDENTITY_UNUSABLE,
          "%s cannot be read (expected: proxy_certfile, one or more certificates in PEM)"
              .formatted(unreadable.getMessage()),
          unreadable);
    }
  }
}
