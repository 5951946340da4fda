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

/// A party's message in one of the two rounds of a relinearization key. Public, immutable.
///
/// ```
/// body: u32 party | u32 round | for each digit: residues modulo QP of h_0 and h_1 (round 1), or of
///       h' (round 2), packed
/// ```
public final class RelinearizationKeyShare implements KeyShare {
  private static final int VERSION = 1;

  private final ThresholdSession session;
  private final int party;
  private final int round;
  private final RnsPolynomial[] polynomials;

  RelinearizationKeyShare(
      ThresholdSession session, int party, int round, RnsPolynomial[] polynomials) {
    this.session = session;
    this.party = party;
    this.round = round;
    this.polynomials = polynomials;
  }

  @Override
  public ThresholdSession session() {
    return session;
  }

  @Override
  public int party() {
    return party;
  }

  /// 1 or 2.
  public int round() {
    return round;
  }

  @Override
  public String step() {
    return RelinearizationKeyGeneration.step(round);
  }

  @Override
  public void hashInto(MessageDigest sha) {
    for (RnsPolynomial polynomial : polynomials) {
      Residues.hash(sha, polynomial, polynomial.size());
    }
  }

  /// Round 1: h_0 of digit j at 2j, h_1 at 2j + 1. Round 2: h' of digit j at j.
  RnsPolynomial polynomial(int index) {
    return polynomials[index];
  }

  private static int count(ThresholdSession session, int round) {
    return session.parameters().digits() * (round == 1 ? 2 : 1);
  }

  private static FrameExpectation expectation(ThresholdSession session, int round) {
    RnsRing ring = session.parameters().ring();
    return FrameExpectation.exactly(
        FormKind.THRESHOLD_RELINEARIZATION_KEY_SHARE,
        VERSION,
        session.digest(),
        8 + count(session, round) * Residues.bytes(ring, ring.primes()));
  }

  private static RelinearizationKeyShare decode(ThresholdSession session, int round, FrameReader in)
      throws IOException {
    RnsRing ring = session.parameters().ring();
    int party = in.readInt("party", 1, session.committee().parties());
    in.readInt("round", round, round);
    RnsPolynomial[] polynomials = new RnsPolynomial[count(session, round)];
    for (int i = 0; i < polynomials.length; i++) {
      polynomials[i] = Residues.read(in, ring, ring.primes());
    }
    return new RelinearizationKeyShare(session, party, round, polynomials);
  }

  /// Bytes of the form.
  ///
  /// @param round 1 or 2
  public static long formBytes(ThresholdSession session, int round) {
    return Frames.bytes(expectation(session, round).mostBytes());
  }

  /// Writes the byte form.
  public void write(OutputStream out) throws IOException {
    Frames.write(
        FormKind.THRESHOLD_RELINEARIZATION_KEY_SHARE,
        VERSION,
        session.digest(),
        expectation(session, round).mostBytes(),
        out,
        body -> {
          body.writeInt(party);
          body.writeInt(round);
          for (RnsPolynomial polynomial : polynomials) {
            Residues.write(body, session.parameters().ring(), polynomial);
          }
        });
  }

  /// Reads the byte form.
  ///
  /// @param round the round that the share must be of, 1 or 2
  /// @throws FormatException if the bytes are not such a share of this session
  public static RelinearizationKeyShare read(ThresholdSession session, int round, InputStream in)
      throws IOException {
    return Frames.readWhole(
        in, expectation(session, round), reader -> decode(session, round, reader));
  }

  /// Reads the byte form.
  ///
  /// @param round the round that the share must be of, 1 or 2
  /// @throws FormatException if the bytes are not such a share of this session
  public static RelinearizationKeyShare read(ThresholdSession session, int round, ByteBuffer in) {
    return Frames.readWhole(
        in, expectation(session, round), reader -> decode(session, round, reader));
  }

  @Override
  public String toString() {
    return "RelinearizationKeyShare(round " + round + ", party " + party + ", " + session + ")";
  }
}
