package ai.cifer.homocryption.threshold;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// A party's public message in a key generation: what is summed over all parties.
public sealed interface KeyShare permits PublicKeyShare, RelinearizationKeyShare, GaloisKeyShare {
  /// The session that it belongs to.
  ThresholdSession session();

  /// Who made it.
  int party();

  /// Which protocol and round it belongs to.
  String step();

  /// Hashes the polynomials.
  void hashInto(MessageDigest sha);

  /// What a [Commitment] to the share holds: `SHA-256("cifer-threshold-commitment-v1" | session |
  /// u32 party | u32 length of step | step | polynomials)`. The party is inside, so that nobody can
  /// commit to a copy of another's share; the share has far more than 256 bits of entropy, so the
  /// hash hides it.
  default byte[] digest() {
    byte[] step = step().getBytes(StandardCharsets.UTF_8);
    MessageDigest sha = ThresholdSession.sha256();
    sha.update("cifer-threshold-commitment-v1".getBytes(StandardCharsets.US_ASCII));
    sha.update(session().digest().bytes());
    sha.update(ByteBuffer.allocate(8).putInt(party()).putInt(step.length).array());
    sha.update(step);
    hashInto(sha);
    return sha.digest();
  }
}
