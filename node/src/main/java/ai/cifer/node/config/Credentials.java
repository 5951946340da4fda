package ai.cifer.node.config;

import ai.cifer.node.NodeException;
import java.nio.file.Path;
import java.util.Set;

/// The files that say who a participant is and whom it believes.
///
/// @param certificate its own certificate, PEM
/// @param key its private keys, PEM, readable by nobody else
/// @param authority the certificate of the enrolment authority, PEM; by default `ca.pem` beside the
///   certificate
public record Credentials(Path certificate, Path key, Path authority) {

  static final Set<String> KEYS = Set.of("certfile", "keyfile", "cafile");

  static Credentials from(Settings settings) throws NodeException {
    Path certificate = settings.requiredPath("certfile");
    return new Credentials(
        certificate,
        settings.requiredPath("keyfile"),
        settings.path("cafile").orElseGet(() -> certificate.resolveSibling("ca.pem")));
  }
}
