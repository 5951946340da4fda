package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.ckks.KeyId;
import ai.cifer.homocryption.codec.FormKind;
import ai.cifer.homocryption.codec.FormatException;
import ai.cifer.homocryption.format.FrameExpectation;
import ai.cifer.homocryption.format.FrameReader;
import ai.cifer.homocryption.format.Frames;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/// One active party's contribution to one collective refresh: the masked share of the decryption
/// and the encryption of the mask. May go to the evaluator. Immutable.
///
/// ```
/// body: u32 party | u64 active set | u32 level | 16 bytes key id | 32 bytes ciphertext hash |
///       residues of h_j modulo the primes of the level | residues of r_j modulo q_0 … q_L, packed
/// ```
public final class RefreshShare {
  private static final int VERSION = 1;
  private static final int HEAD_BYTES = 4 + 8 + 4 + 16 + 32;

  private final ThresholdSession session;
  private final KeyId keyId;
  private final int party;
  private final ActiveSet set;
  private final int level;
  private final byte[] ciphertextHash;
  private final RnsPolynomial masked;
  private final RnsPolynomial encrypted;

  RefreshShare(
      ThresholdSession session,
      KeyId keyId,
      int party,
      ActiveSet set,
      int level,
      byte[] ciphertextHash,
      RnsPolynomial masked,
      RnsPolynomial encrypted) {
    this.session = session;
    this.keyId = keyId;
    this.party = party;
    this.set = set;
    this.level = level;
    this.ciphertextHash = ciphertextHash;
    this.masked = masked;
    this.encrypted = encrypted;
  }

  public ThresholdSession session() {
    return session;
  }

  public KeyId keyId() {
    return keyId;
  }

  /// Who gave it.
  public int party() {
    return party;
  }

  public ActiveSet activeSet() {
    return set;
  }

  /// Of the ciphertext that is refreshed.
  public int level() {
    return level;
  }

  boolean isOf(byte[] hash) {
    return MessageDigest.isEqual(ciphertextHash, hash);
  }

  /// `h_j`.
  RnsPolynomial masked() {
    return masked;
  }

  /// `r_j`.
  RnsPolynomial encrypted() {
    return encrypted;
  }

  byte[] hash() {
    MessageDigest sha = ThresholdSession.sha256();
    Residues.hash(sha, masked, masked.size());
    Residues.hash(sha, encrypted, encrypted.size());
    return sha.digest();
  }

  private static long bodyBytes(ThresholdSession session, int level) {
    RnsRing ring = session.parameters().ring();
    return HEAD_BYTES
        + Residues.bytes(ring, session.parameters().primes(level))
        + Residues.bytes(ring, ring.ciphertextPrimes());
  }

  private static FrameExpectation expectation(ThresholdSession session) {
    return new FrameExpectation(
        FormKind.THRESHOLD_REFRESH_SHARE,
        VERSION,
        session.digest(),
        bodyBytes(session, 0),
        bodyBytes(session, session.parameters().depth()));
  }

  private static RefreshShare decode(ThresholdSession session, FrameReader in) throws IOException {
    RnsRing ring = session.parameters().ring();
    int party = in.readInt("party", 1, session.committee().parties());
    ActiveSet set = ActiveSetForm.read(in, session.committee(), party);
    int level = in.readInt("level", 0, session.parameters().depth());
    if (in.header().bodyBytes() != bodyBytes(session, level)) {
      throw in.malformed(
          "body",
          in.header().bodyBytes() + " bytes",
          bodyBytes(session, level) + " for level " + level);
    }
    KeyId keyId = new KeyId(in.readLong(), in.readLong());
    byte[] hash = new byte[32];
    in.readBytes(hash);
    RnsPolynomial masked = Residues.read(in, ring, session.parameters().primes(level));
    RnsPolynomial encrypted = Residues.read(in, ring, ring.ciphertextPrimes());
    return new RefreshShare(session, keyId, party, set, level, hash, masked, encrypted);
  }

  /// Bytes of the form at a level.
  public static long formBytes(ThresholdSession session, int level) {
    return Frames.bytes(bodyBytes(session, level));
  }

  /// Writes the byte form.
  public void write(OutputStream out) throws IOException {
    Frames.write(
        FormKind.THRESHOLD_REFRESH_SHARE,
        VERSION,
        session.digest(),
        bodyBytes(session, level),
        out,
        body -> {
          body.writeInt(party);
          body.writeLong(set.bits());
          body.writeInt(level);
          body.writeLong(keyId.high());
          body.writeLong(keyId.low());
          body.writeBytes(ciphertextHash);
          Residues.write(body, session.parameters().ring(), masked);
          Residues.write(body, session.parameters().ring(), encrypted);
        });
  }

  /// Reads the byte form.
  ///
  /// @throws FormatException if the bytes are not a refresh share of this session
  public static RefreshShare read(ThresholdSession session, InputStream in) throws IOException {
    return Frames.readWhole(in, expectation(session), reader -> decode(session, reader));
  }

  /// Reads the byte form.
  ///
  /// @throws FormatException if the bytes are not a refresh share of this session
  public static RefreshShare read(ThresholdSession session, ByteBuffer in) {
    return Frames.readWhole(in, expectation(session), reader -> decode(session, reader));
  }

  @Override
  public String toString() {
    return "RefreshShare(party " + party + ", " + set + ", key " + keyId + ")";
  }
}
