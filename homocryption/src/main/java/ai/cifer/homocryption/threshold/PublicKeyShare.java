package ai.cifer.homocryption.threshold;

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

/// `b_i = -a·s_i + e_i` modulo Q. Public, immutable; sent after all commitments arrived.
///
/// ```
/// body: u32 party | residues of b_i modulo q_0 … q_L, packed
/// ```
public final class PublicKeyShare implements KeyShare {
  private static final int VERSION = 1;

  private final ThresholdSession session;
  private final int party;
  private final RnsPolynomial b;

  PublicKeyShare(ThresholdSession session, int party, RnsPolynomial b) {
    this.session = session;
    this.party = party;
    this.b = b;
  }

  @Override
  public ThresholdSession session() {
    return session;
  }

  @Override
  public int party() {
    return party;
  }

  @Override
  public String step() {
    return PublicKeyGeneration.STEP;
  }

  @Override
  public void hashInto(MessageDigest sha) {
    Residues.hash(sha, b, b.size());
  }

  RnsPolynomial b() {
    return b;
  }

  private static FrameExpectation expectation(ThresholdSession session) {
    RnsRing ring = session.parameters().ring();
    return FrameExpectation.exactly(
        FormKind.THRESHOLD_PUBLIC_KEY_SHARE,
        VERSION,
        session.digest(),
        4 + Residues.bytes(ring, ring.ciphertextPrimes()));
  }

  private static PublicKeyShare decode(ThresholdSession session, FrameReader in)
      throws IOException {
    RnsRing ring = session.parameters().ring();
    int party = in.readInt("party", 1, session.committee().parties());
    return new PublicKeyShare(session, party, Residues.read(in, ring, ring.ciphertextPrimes()));
  }

  /// Bytes of the form.
  public static long formBytes(ThresholdSession session) {
    return Frames.bytes(expectation(session).mostBytes());
  }

  /// Writes the byte form.
  public void write(OutputStream out) throws IOException {
    Frames.write(
        FormKind.THRESHOLD_PUBLIC_KEY_SHARE,
        VERSION,
        session.digest(),
        expectation(session).mostBytes(),
        out,
        body -> {
          body.writeInt(party);
          Residues.write(body, session.parameters().ring(), b);
        });
  }

  /// Reads the byte form.
  ///
  /// @throws FormatException if the bytes are not a share of this session
  public static PublicKeyShare read(ThresholdSession session, InputStream in) throws IOException {
    return Frames.readWhole(in, expectation(session), reader -> decode(session, reader));
  }

  /// Reads the byte form.
  ///
  /// @throws FormatException if the bytes are not a share of this session
  public static PublicKeyShare read(ThresholdSession session, ByteBuffer in) {
    return Frames.readWhole(in, expectation(session), reader -> decode(session, reader));
  }

  @Override
  public String toString() {
    return "PublicKeyShare(party " + party + ", " + session + ")";
  }
}
