package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Names;
import ai.cifer.secagg.identity.Role;

/// A participant in the roster of a round.
///
/// @param name its name in the certificate
/// @param role what it takes part as
/// @param certificate DER; it contains the signature key, so hashing it binds the key
public record Member(String name, Role role, Bytes certificate) {
  static final int MIN_BYTES = Limits.MIN_NAME_BYTES + 1 + Integer.BYTES;

  public Member {
    Names.check(name);
    Limits.atMost("certificate bytes", certificate.length(), Limits.MAX_CERTIFICATE_BYTES);
  }

  void write(FieldWriter out) {
    out.text(name).u8(role.code()).bytes(certificate);
  }

  static Member read(FieldReader in) {
    return new Member(in.name(), Role.of(in.u8()), in.bytes(Limits.MAX_CERTIFICATE_BYTES));
  }
}
