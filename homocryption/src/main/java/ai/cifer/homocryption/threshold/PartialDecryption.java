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

/// `d_j = λ_j·c_1·S_j + e_j` modulo Q of the ciphertext's level: one active party's contribution to
/// one decryption. Whoever has all t of them and the ciphertext has the result, so it goes to those
/// who may see the result, not to the evaluator. Immutable.
///
/// ```
/// body: u32 party | u64 active set, bit j - 1 for party j | u32 level | 16 bytes key id |
///       32 bytes ciphertext hash | residues of d_j modulo q_0 …, packed
/// ```
public final class PartialDecryption {
  private static final int VERSION = 1;
  private static final int HEAD_BYTES = 4 + 8 + 4 + 16 + 32;

  private final ThresholdSession session;
  private final KeyId keyId;
  private final int party;
  private final ActiveSet set;
  private final int level;
  private final byte[] ciphertextHash;
  private final RnsPolynomial rows;

  PartialDecryption(
      ThresholdSession session,
      KeyId keyId,
      int party,
      ActiveSet set,
      int level,
      byte[] ciphertextHash,
      RnsPolynomial rows) {
    this.session = session;
    this.keyId = keyId;
    this.party = party;
    this.set = set;
    this.level = level;
    this.ciphertextHash = ciphertextHash;
    this.rows = rows;
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

  public int level() {
    return level;
  }

  boolean isOf(byte[] hash) {
    return MessageDigest.isEqual(ciphertextHash, hash);
  }

  RnsPolynomial rows() {
    return rows;
  }

  /// What the log remembers of it.
  byte[] hash() {
    MessageDigest sha = ThresholdSession.sha256();
    Residues.hash(sha, rows, rows.size());
    return sha.digest();
  }

  private static long bodyBytes(ThresholdSession session, int level) {
    return HEAD_BYTES
        + Residues.bytes(session.parameters().ring(), session.parameters().primes(level));
  }

  private static FrameExpectation expectation(ThresholdSession session) {
    return new FrameExpectation(
        FormKind.THRESHOLD_PARTIAL_DECRYPTION,
        VERSION,
        session.digest(),
        bodyBytes(session, 0),
        bodyBytes(session, session.parameters().depth()));
  }

  private static PartialDecryption decode(ThresholdSession session, FrameReader in)
      throws IOException {
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
    RnsPolynomial rows = Residues.read(in, ring, session.parameters().primes(level));
    return new PartialDecryption(session, keyId, party, set, level, hash, rows);
  }

  /// Bytes of the form at a level.
  public static long formBytes(ThresholdSession session, int level) {
    return Frames.bytes(bodyBytes(session, level));
  }

  /// Writes the byte form.
  public void write(OutputStream out) throws IOException {
    Frames.write(
        FormKind.THRESHOLD_PARTIAL_DECRYPTION,
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
          Residues.write(body, session.parameters().ring(), rows);
        });
  }

  /// Reads the byte form.
  ///
  /// @throws FormatException if the bytes are not a partial decryption of this session
  public static PartialDecryption read(ThresholdSession session, InputStream in)
      throws IOException {
    return Frames.readWhole(in, expectation(session), reader -> decode(session, reader));
  }

  /// Reads the byte form.
  ///
  /// @throws FormatException if the bytes are not a partial decryption of this session
  public static PartialDecryption read(ThresholdSession session, ByteBuffer in) {
    return Frames.readWhole(in, expectation(session), reader -> decode(session, reader));
  }

  @Override
  public String toString() {
    return "PartialDecryption(party " + party + ", " + set + ", key " + keyId + ")";
  }
}
