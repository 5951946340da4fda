package ai.cifer.node.config;

import ai.cifer.node.NodeException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The files that say who a participant is and whom it believes.
///
/// @param certificate its own certificate, PEM
/// @param key its private keys, PEM, readable by nobody else
/// @param authority the certificate of the enrolment authority, PEM; by default `ca.pem` beside the
///   certificate
/// @param signs whether messages prove on links who is who, since TLS does not: a proxy ends it, or
///   there is none. A coordinator lets both kinds of participants in then
/// @param proxy certificates that proxies show which end TLS before the coordinator, PEM; for a
///   participant also that of their authority
public record Credentials(
    Path certificate, Path key, Path authority, boolean signs, Optional<Path> proxy) {

  static final Set<String> KEYS =
      Set.of("certfile", "keyfile", "cafile", "identify_by", "proxy_certfile");

  private static final String CERTIFICATE = "certificate";
  private static final String SIGNATURE = "signature";

  static Credentials from(Settings settings) throws NodeException {
    Path certificate = settings.requiredPath("certfile");
    return new Credentials(
        certificate,
        settings.requiredPath("keyfile"),
        settings.path("cafile").orElseGet(() -> certificate.resolveSibling("ca.pem")),
        signs(settings),
        settings.path("proxy_certfile"));
  }

  private static boolean signs(Settings settings) throws NodeException {
    boolean secure = settings.flag("use_secure", true);
    boolean signs =
        settings
            .word("identify_by", secure ? CERTIFICATE : SIGNATURE, List.of(CERTIFICATE, SIGNATURE))
            .equals(SIGNATURE);
    if (!secure && !signs) {
      throw settings.invalid(
          "identify_by: certificate (expected: signature, where use_secure is false)");
    }
    if (!signs && settings.has("proxy_certfile")) {
      throw settings.invalid(
          "proxy_certfile is set (expected: only with identify_by: signature; a proxy that ends TLS"
              + " takes the certificates away)");
    }
    return signs;
  }
}
