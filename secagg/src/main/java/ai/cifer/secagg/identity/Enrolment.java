package ai.cifer.secagg.identity;

/// The enrolment authority as a participant sees it: who is who, decided by someone who is not the
/// coordinator.
@FunctionalInterface
public interface Enrolment {
  /// The public key of a certificate, if it chains to the authority, is valid now, and was issued
  /// for this name and role.
  ///
  /// @param certificate DER, from outside
  /// @throws NotEnrolled if not
  EnrolledKey key(String name, Role role, byte[] certificate) throws NotEnrolled;
}
