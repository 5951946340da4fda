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

/// A party's share of the key of one automorphism. Public, immutable.
///
/// ```
/// body: u32 party | u32 Galois element g | for each digit: residues of b_j modulo QP, packed
/// ```
public final class GaloisKeyShare implements KeyShare {
  private static final int VERSION = 1;

  private final ThresholdSession session;
  private final int party;
  private final long element;
  private final RnsPolynomial[] b;

  GaloisKeyShare(ThresholdSession session, int party, long element, RnsPolynomial[] b) {
    this.session = session;
    this.party = party;
    this.element = element;
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

  /// The automorphism `X → X^g`.
  public long element() {
    return element;
  }

  @Override
  public String step() {
    return GaloisKeyGeneration.step(element);
  }

  @Override
  public void hashInto(MessageDigest sha) {
    for (RnsPolynomial polynomial : b) {
      Residues.hash(sha, polynomial, polynomial.size());
    }
  }

  RnsPolynomial b(int digit) {
    return b[digit];
  }

  private static FrameExpectation expectation(ThresholdSession session) {
    RnsRing ring = session.parameters().ring();
    return FrameExpectation.exactly(
        FormKind.THRESHOLD_GALOIS_KEY_SHARE,
        VERSION,
        session.digest(),
        8 + session.parameters().digits() * Residues.bytes(ring, ring.primes()));
  }

  private static GaloisKeyShare decode(ThresholdSession session, FrameReader in)
      throws IOException {
    RnsRing ring = session.parameters().ring();
    int party = in.readInt("party", 1, session.committee().parties());
    int element = in.readInt("Galois element", 3, 2 * ring.degree() - 1);
    if ((element & 1) == 0) {
      throw in.malformed("Galois element", String.valueOf(element), "odd");
    }
    RnsPolynomial[] b = new RnsPolynomial[session.parameters().digits()];
    for (int i = 0; i < b.length; i++) {
      b[i] = Residues.read(in, ring, ring.primes());
    }
    return new GaloisKeyShare(session, party, element, b);
  }

  /// Bytes of the form.
  public static long formBytes(ThresholdSession session) {
    return Frames.bytes(expectation(session).mostBytes());
  }

  /// Writes the byte form.
  public void write(OutputStream out) throws IOException {
    Frames.write(
        FormKind.THRESHOLD_GALOIS_KEY_SHARE,
        VERSION,
        session.digest(),
        expectation(session).mostBytes(),
        out,
        body -> {
          body.writeInt(party);
          body.writeInt(Math.toIntExact(element));
          for (RnsPolynomial polynomial : b) {
            Residues.write(body, session.parameters().ring(), polynomial);
          }
        });
  }

  /// Reads the byte form.
  ///
  /// @throws FormatException if the bytes are not a share of this session
  public static GaloisKeyShare read(ThresholdSession session, InputStream in) throws IOException {
    return Frames.readWhole(in, expectation(session), reader -> decode(session, reader));
  }

  /// Reads the byte form.
  ///
  /// @throws FormatException if the bytes are not a share of this session
  public static GaloisKeyShare read(ThresholdSession session, ByteBuffer in) {
    return Frames.readWhole(in, expectation(session), reader -> decode(session, reader));
  }

  @Override
  public String toString() {
    return "GaloisKeyShare(" + element + ", party " + party + ", " + session + ")";
  }
}
