package ai.cifer.simulation;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import ai.cifer.secagg.identity.EnrolledKey;
import ai.cifer.secagg.identity.Enrolment;
import ai.cifer.secagg.identity.NotEnrolled;
import ai.cifer.secagg.identity.Role;
import ai.cifer.secagg.identity.Verifier;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Checks each certificate and each signature once for all participants of this process: they
/// believe the same authority, and the same bytes give the same answer. Fifty clients would
/// otherwise check the same hundred signatures fifty times.
final class SharedEnrolment implements Enrolment {

  /// A signature is asked for in one round only; so many are kept that no round has more.
  private static final int MOST_SIGNATURES = 1 << 16;

  private record Certificate(String name, Role role, Bytes der) {}

  private final Enrolment checking;
  private final Map<Certificate, EnrolledKey> keys = new ConcurrentHashMap<>();
  private final Map<Bytes, Boolean> signatures = new ConcurrentHashMap<>();

  /// @param checking gives every answer the first time
  SharedEnrolment(Enrolment checking) {
    this.checking = checking;
  }

  @Override
  public EnrolledKey key(String name, Role role, byte[] certificate) throws NotEnrolled {
    Certificate asked = new Certificate(name, role, Bytes.of(certificate));
    EnrolledKey known = keys.get(asked);
    if (known != null) {
      return known;
    }
    EnrolledKey checked = checking.key(name, role, certificate);
    EnrolledKey shared = new EnrolledKey(checked.encoded(), once(checked));
    keys.put(asked, shared);
    return shared;
  }

  private Verifier once(EnrolledKey key) {
    return (message, signature) -> {
      Bytes asked =
          Bytes.sha256(
              FieldWriter.of("cifer.simulation.signature", 1)
                  .bytes(key.encoded())
                  .fixed(Bytes.sha256(message), Hashing.BYTES)
                  .bytes(Bytes.of(signature))
                  .toByteArray());
      if (signatures.size() > MOST_SIGNATURES) {
        signatures.clear();
      }
      return signatures.computeIfAbsent(asked, _ -> key.verify(message, signature));
    };
  }
}
