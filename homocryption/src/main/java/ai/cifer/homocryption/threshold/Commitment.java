package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.codec.FormKind;
import ai.cifer.homocryption.codec.FormatException;
import ai.cifer.homocryption.format.FrameExpectation;
import ai.cifer.homocryption.format.FrameReader;
import ai.cifer.homocryption.format.Frames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/// The hash of a [KeyShare], sent before any share of the same step is. Public, immutable.
///
/// ```
/// body: u32 party | u32 length of step (1 to 64) | step, UTF-8 | 32 bytes SHA-256
/// ```
public final class Commitment {
  private static final int VERSION = 1;
  private static final int DIGEST_BYTES = 32;
  private static final int MOST_STEP_BYTES = 64;

  private final ThresholdSession session;
  private final int party;
  private final String step;
  private final byte[] digest;

  private Commitment(ThresholdSession session, int party, String step, byte[] digest) {
    this.session = session;
    this.party = party;
    this.step = step;
    this.digest = digest;
  }

  static Commitment to(KeyShare share) {
    return new Commitment(share.session(), share.party(), share.step(), share.digest());
  }

  public ThresholdSession session() {
    return session;
  }

  /// Who committed.
  public int party() {
    return party;
  }

  /// Which protocol and round.
  public String step() {
    return step;
  }

  boolean isTo(KeyShare share) {
    return MessageDigest.isEqual(digest, share.digest());
  }

  boolean sameAs(Commitment other) {
    return party == other.party
        && step.equals(other.step)
        && MessageDigest.isEqual(digest, other.digest);
  }

  void hashInto(MessageDigest sha) {
    sha.update(digest);
  }

  private long bodyBytes() {
    return 8L + step.getBytes(StandardCharsets.UTF_8).length + DIGEST_BYTES;
  }

  /// Writes the byte form.
  public void write(OutputStream out) throws IOException {
    Frames.write(
        FormKind.THRESHOLD_COMMITMENT,
        VERSION,
        session.digest(),
        bodyBytes(),
        out,
        body -> {
          body.writeInt(party);
          body.writeSized(step.getBytes(StandardCharsets.UTF_8));
          body.writeBytes(digest);
        });
  }

  private static FrameExpectation expectation(ThresholdSession session) {
    return new FrameExpectation(
        FormKind.THRESHOLD_COMMITMENT,
        VERSION,
        session.digest(),
        9 + DIGEST_BYTES,
        8 + MOST_STEP_BYTES + DIGEST_BYTES);
  }

  private static Commitment decode(ThresholdSession session, FrameReader in) throws IOException {
    int party = in.readInt("party", 1, session.committee().parties());
    byte[] name = in.readSized("step", MOST_STEP_BYTES);
    String step = new String(name, StandardCharsets.US_ASCII);
    if (in.left() != DIGEST_BYTES || !step.matches("[a-z0-9-]+")) {
      throw in.malformed(
          "step", name.length + " bytes", "1 to 64 of a-z, 0-9, -, followed by a digest");
    }
    byte[] digest = new byte[DIGEST_BYTES];
    in.readBytes(digest);
    return new Commitment(session, party, step, digest);
  }

  /// Reads the byte form.
  ///
  /// @throws FormatException if the bytes are not a commitment of this session
  public static Commitment read(ThresholdSession session, InputStream in) throws IOException {
    return Frames.readWhole(in, expectation(session), reader -> decode(session, reader));
  }

  /// Reads the byte form.
  ///
  /// @throws FormatException if the bytes are not a commitment of this session
  public static Commitment read(ThresholdSession session, ByteBuffer in) {
    return Frames.readWhole(in, expectation(session), reader -> decode(session, reader));
  }

  @Override
  public String toString() {
    return "Commitment(party "
        + party
        + ", "
        + step
        + ", "
        + HexFormat.of().formatHex(digest, 0, 4)
        + ")";
  }
}
