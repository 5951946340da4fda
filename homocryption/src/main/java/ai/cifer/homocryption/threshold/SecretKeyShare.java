package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.ckks.KeyId;
import ai.cifer.homocryption.codec.FormKind;
import ai.cifer.homocryption.codec.FormatException;
import ai.cifer.homocryption.codec.SecretKeyAccess;
import ai.cifer.homocryption.format.FrameExpectation;
import ai.cifer.homocryption.format.FrameReader;
import ai.cifer.homocryption.format.Frames;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Party j's Shamir share `S_j = Σ_i f_i(j)` of the joint key, modulo every ciphertext prime. Any t
/// shares decrypt together, fewer are uniform and independent of the key.
///
/// It also holds a 256-bit key from which the smudging error of each partial decryption is derived:
/// the same request always gives the same share, so even a party whose [DecryptionLog] was rolled
/// back with its machine cannot be made to give two shares of one request with different errors.
///
/// ```
/// body: u32 party | 16 bytes key id | 32 bytes smudging key | residues of S_j modulo q_0 … q_L
/// ```
///
/// Thread-safe. [#close()] overwrites it. Not covered: copies made by the garbage collector before,
/// crash dumps and swap.
public final class SecretKeyShare implements AutoCloseable {
  static final int SMUDGING_KEY_BYTES = 32;
  private static final int VERSION = 1;

  private final ThresholdSession session;
  private final KeyId keyId;
  private final int party;
  private final byte[] smudgingKey;
  private final RnsPolynomial rows;
  private boolean closed;

  /// @param smudgingKey given away
  SecretKeyShare(
      ThresholdSession session, KeyId keyId, int party, byte[] smudgingKey, RnsPolynomial rows) {
    this.session = session;
    this.keyId = keyId;
    this.party = party;
    this.smudgingKey = smudgingKey;
    this.rows = rows;
  }

  public ThresholdSession session() {
    return session;
  }

  /// The public name of the joint key.
  public KeyId keyId() {
    return keyId;
  }

  /// 1 to n.
  public int party() {
    return party;
  }

  /// `S_j`, transformed; not a copy.
  synchronized RnsPolynomial rows() {
    requireOpen();
    return rows;
  }

  /// `HMAC-SHA-256(smudging key, request)`: the seed of the errors of one request.
  synchronized byte[] errorSeed(byte[] request) {
    requireOpen();
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(smudgingKey, "HmacSHA256"));
      return mac.doFinal(request);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256: missing from this JVM", e);
    }
  }

  /// Refuses what was computed while [#close()] overwrote the rows: an error without the secret
  /// that it should hide.
  synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException("key share of party " + party + ": closed (expected: open)");
    }
  }

  private static FrameExpectation expectation(ThresholdSession session) {
    RnsRing ring = session.parameters().ring();
    return FrameExpectation.exactly(
        FormKind.THRESHOLD_SECRET_KEY_SHARE,
        VERSION,
        session.digest(),
        4 + 16 + SMUDGING_KEY_BYTES + Residues.bytes(ring, ring.ciphertextPrimes()));
  }

  private static SecretKeyShare decode(ThresholdSession session, FrameReader in)
      throws IOException {
    RnsRing ring = session.parameters().ring();
    int party = in.readInt("party", 1, session.committee().parties());
    KeyId keyId = new KeyId(in.readLong(), in.readLong());
    byte[] smudgingKey = new byte[SMUDGING_KEY_BYTES];
    in.readBytes(smudgingKey);
    RnsPolynomial rows = Residues.read(in, ring, ring.ciphertextPrimes());
    return new SecretKeyShare(session, keyId, party, smudgingKey, rows);
  }

  /// Bytes of the form.
  public static long formBytes(ThresholdSession session) {
    return Frames.bytes(expectation(session).mostBytes());
  }

  /// Writes the byte form, which is not encrypted: encrypt it or restrict the file to its owner.
  ///
  /// One party's share in two places is two parties: each keeps its own log. Move it, never copy
  /// it.
  public void write(SecretKeyAccess access, OutputStream out) throws IOException {
    RnsPolynomial open = rows();
    Frames.writeSecret(
        access,
        FormKind.THRESHOLD_SECRET_KEY_SHARE,
        VERSION,
        session.digest(),
        expectation(session).mostBytes(),
        out,
        body -> {
          body.writeInt(party);
          body.writeLong(keyId.high());
          body.writeLong(keyId.low());
          body.writeBytes(smudgingKey);
          Residues.write(body, session.parameters().ring(), open);
        });
  }

  /// Reads the byte form.
  ///
  /// @throws FormatException if the bytes are not a key share of this session
  public static SecretKeyShare read(
      SecretKeyAccess access, ThresholdSession session, InputStream in) throws IOException {
    return Frames.readSecret(access, in, expectation(session), reader -> decode(session, reader));
  }

  /// Reads the byte form.
  ///
  /// @throws FormatException if the bytes are not a key share of this session
  public static SecretKeyShare read(
      SecretKeyAccess access, ThresholdSession session, ByteBuffer in) {
    return Frames.readSecret(access, in, expectation(session), reader -> decode(session, reader));
  }

  @Override
  public synchronized void close() {
    closed = true;
    Arrays.fill(smudgingKey, (byte) 0);
    rows.clear();
  }

  /// Names the party and public names only.
  @Override
  public String toString() {
    return "SecretKeyShare(party " + party + ", key " + keyId + ", " + session + ")";
  }
}
