package ai.cifer.homocryption.threshold;

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

/// `f_i(j)`: what party i deals to party j while its secret is shared. Secret: t of them, from the
/// same dealer, give the dealer's secret. Whoever transports it seals it for party j alone.
///
/// ```
/// body: u32 dealer | u32 receiver | residues modulo q_0 … q_L, packed
/// ```
///
/// [#close()] overwrites it. Not covered: copies made by the garbage collector before, crash dumps
/// and swap.
public final class DealtSecretShare implements AutoCloseable {
  private static final int VERSION = 1;

  private final ThresholdSession session;
  private final int dealer;
  private final int receiver;
  private final RnsPolynomial rows;
  private boolean closed;

  DealtSecretShare(ThresholdSession session, int dealer, int receiver, RnsPolynomial rows) {
    this.session = session;
    this.dealer = dealer;
    this.receiver = receiver;
    this.rows = rows;
  }

  public ThresholdSession session() {
    return session;
  }

  /// Whose secret it is a share of.
  public int dealer() {
    return dealer;
  }

  /// Whom it is for.
  public int receiver() {
    return receiver;
  }

  synchronized RnsPolynomial rows() {
    if (closed) {
      throw new IllegalStateException("dealt share: closed (expected: open)");
    }
    return rows;
  }

  private static FrameExpectation expectation(ThresholdSession session) {
    RnsRing ring = session.parameters().ring();
    return FrameExpectation.exactly(
        FormKind.THRESHOLD_DEALT_SHARE,
        VERSION,
        session.digest(),
        8 + Residues.bytes(ring, ring.ciphertextPrimes()));
  }

  private static DealtSecretShare decode(ThresholdSession session, FrameReader in)
      throws IOException {
    RnsRing ring = session.parameters().ring();
    int dealer = in.readInt("dealer", 1, session.committee().parties());
    int receiver = in.readInt("receiver", 1, session.committee().parties());
    RnsPolynomial rows = Residues.read(in, ring, ring.ciphertextPrimes());
    return new DealtSecretShare(session, dealer, receiver, rows);
  }

  /// Bytes of the form.
  public static long formBytes(ThresholdSession session) {
    return Frames.bytes(expectation(session).mostBytes());
  }

  /// Writes the byte form, which is not encrypted: seal it for the receiver.
  public void write(SecretKeyAccess access, OutputStream out) throws IOException {
    RnsPolynomial open = rows();
    Frames.writeSecret(
        access,
        FormKind.THRESHOLD_DEALT_SHARE,
        VERSION,
        session.digest(),
        expectation(session).mostBytes(),
        out,
        body -> {
          body.writeInt(dealer);
          body.writeInt(receiver);
          Residues.write(body, session.parameters().ring(), open);
        });
  }

  /// Reads the byte form.
  ///
  /// @throws FormatException if the bytes are not a dealt share of this session
  public static DealtSecretShare read(
      SecretKeyAccess access, ThresholdSession session, InputStream in) throws IOException {
    return Frames.readSecret(access, in, expectation(session), reader -> decode(session, reader));
  }

  /// Reads the byte form.
  ///
  /// @throws FormatException if the bytes are not a dealt share of this session
  public static DealtSecretShare read(
      SecretKeyAccess access, ThresholdSession session, ByteBuffer in) {
    return Frames.readSecret(access, in, expectation(session), reader -> decode(session, reader));
  }

  @Override
  public synchronized void close() {
    closed = true;
    rows.clear();
  }

  /// Names dealer and receiver only.
  @Override
  public String toString() {
    return "DealtSecretShare(" + dealer + " to " + receiver + ", " + session + ")";
  }
}
