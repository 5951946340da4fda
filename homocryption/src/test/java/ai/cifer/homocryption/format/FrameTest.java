package ai.cifer.homocryption.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.homocryption.codec.FormKind;
import ai.cifer.homocryption.codec.FormatException;
import ai.cifer.homocryption.codec.ParameterDigest;
import ai.cifer.homocryption.codec.SecretKeyAccess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The frame itself, with a body that uses every kind of field.
class FrameTest implements FormContract {
  private static final long PRIME = 1125899903827969L;
  private static final ParameterDigest DIGEST = ParameterDigest.of("test set", "test", 1, 2, 3);
  private static final int BODY = 1 + 4 + 8 + 8 + (4 + 5) + 3 + (9 * 50 + 7) / 8;
  private static final FrameExpectation EXPECTED =
      FrameExpectation.exactly(FormKind.CKKS_PLAINTEXT, 1, DIGEST, BODY);

  private record Fields(
      int small, int number, long wide, double real, byte[] sized, BigInteger big, double[] x) {}

  private static final Fields FIELDS =
      new Fields(
          0xab,
          0x01234567,
          0x1122334455667788L,
          1.5,
          new byte[] {1, 2, 3, 4, 5},
          BigInteger.valueOf(0xfedcba),
          new double[] {0, 1, PRIME - 1, 3, 4, 5, 6, 7, PRIME - 2});

  private static void body(FrameWriter out, Fields fields) throws IOException {
    out.writeByte(fields.small);
    out.writeInt(fields.number);
    out.writeLong(fields.wide);
    out.writeDouble(fields.real);
    out.writeSized(fields.sized);
    out.writeNumber(fields.big, 3);
    out.writeResidues(fields.x, 0, fields.x.length, PRIME);
  }

  private static Fields decode(FrameReader in) throws IOException {
    double[] x = new double[9];
    int small = in.readByte();
    int number = in.readInt("number", 0, Integer.MAX_VALUE);
    long wide = in.readLong();
    double real = in.readPositive("real");
    byte[] sized = in.readSized("sized", 5);
    BigInteger big = in.readNumber(3);
    in.readResidues(x, 0, 9, PRIME);
    return new Fields(small, number, wide, real, sized, big, x);
  }

  @Override
  public byte[] form() {
    return write(FIELDS);
  }

  @Override
  public byte[] write(Object value) {
    ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(Frames.bytes(BODY)));
    Frames.write(
        FormKind.CKKS_PLAINTEXT, 1, DIGEST, BODY, out, writer -> body(writer, (Fields) value));
    return out.array();
  }

  @Override
  public Object read(InputStream in) throws IOException {
    return Frames.readWhole(in, EXPECTED, FrameTest::decode);
  }

  @Override
  public Object read(ByteBuffer in) {
    return Frames.readWhole(in, EXPECTED, FrameTest::decode);
  }

  @Override
  public List<byte[]> foreignForms() {
    ByteBuffer kind = ByteBuffer.allocate(64);
    Frames.write(FormKind.CKKS_CIPHERTEXT, 1, DIGEST, 0, kind, out -> {});
    ByteBuffer parameters = ByteBuffer.allocate(64);
    Frames.write(
        FormKind.CKKS_PLAINTEXT, 1, ParameterDigest.of("x", "test", 1), 0, parameters, out -> {});
    return List.of(kind.array(), parameters.array());
  }

  /// Written by hand from the drawing; checksums and digest by Python (`crc32c` bit by bit,
  /// `hashlib`).
  @Test
  void theLayoutIsTheDrawing() {
    assertThat(HexFormat.of().formatHex(form())).isEqualTo(KNOWN);
  }

  private static final String KNOWN =
      "8943494645520d0a06020100000000005a00000000000000eee1b5da493f283c7ec842d939f99ce6"
          + "e7659a6389725b0d11fd6cea1e4089e74c73c542ab674523018877665544332211000000000000f8"
          + "3f050000000102030405badcfe000000000000040000000000000020fdffffff0000000000000400"
          + "00000000140000000000600000000000c0010000000000ffffd1ffffff0382d6422d";

  @Test
  void messagesNameFactValueExpectationAndCure() {
    byte[] text =
        "hello, this is not a form of any kind, but it is long enough for one of them"
            .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> read(ByteBuffer.wrap(text)))
        .hasMessage(
            "first bytes: 68656c6c6f2c2074 (expected: 8943494645520d0a); this is no form of Cifer,"
                + " or it was transferred as text");
    assertThatThrownBy(() -> read(ByteBuffer.wrap(foreignForms().get(0))))
        .hasMessage(
            "kind: CKKS ciphertext (expected: CKKS plaintext); name the file that holds a CKKS"
                + " plaintext");
    assertThatThrownBy(() -> read(ByteBuffer.wrap(foreignForms().get(1))))
        .isInstanceOf(FormatException.WrongParameters.class)
        .hasMessageContaining("(expected: " + DIGEST.shortHex() + " of test set); read it with");
  }

  @Test
  void oneStreamHoldsManyForms() throws IOException {
    byte[] form = form();
    byte[] twice = java.util.Arrays.copyOf(form, 2 * form.length);
    System.arraycopy(form, 0, twice, form.length, form.length);
    ByteArrayInputStream in = new ByteArrayInputStream(twice);
    for (int i = 0; i < 2; i++) {
      assertThat(write(Frames.readNext(in, EXPECTED, FrameTest::decode))).isEqualTo(form);
    }
    assertThat(in.available()).isZero();
    ByteBuffer buffer = ByteBuffer.wrap(twice);
    Frames.readNext(buffer, EXPECTED, FrameTest::decode);
    assertThat(buffer.position()).isEqualTo(form.length);
  }

  /// 300 MB pass through; that no large array is made is seen by the pieces that reach the stream.
  @Test
  void bodiesAreStreamed() throws IOException {
    double[] chunk = new double[32_768];
    long bodyBytes = 1500L * 32_768 * 50 / 8;
    int[] largest = {0};
    long[] total = {0};
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int b) {
            total[0]++;
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            largest[0] = Math.max(largest[0], length);
            total[0] += length;
          }
        };
    Frames.write(
        FormKind.CKKS_GALOIS_KEYS,
        1,
        DIGEST,
        bodyBytes,
        out,
        writer -> {
          for (int i = 0; i < 1500; i++) {
            writer.writeResidues(chunk, 0, chunk.length, PRIME);
          }
        });
    assertThat(total[0]).isEqualTo(Frames.bytes(bodyBytes));
    assertThat(largest[0]).isLessThanOrEqualTo(8192);
  }

  @Test
  void aBodyMustHaveTheAnnouncedLength() {
    ByteBuffer out = ByteBuffer.allocate(100);
    for (int bytes : new int[] {0, 7, 9}) {
      assertThatThrownBy(() ->
              Frames.write(
                  FormKind.CKKS_PLAINTEXT,
                  1,
                  DIGEST,
                  8,
                  out,
                  writer -> writer.writeBytes(new byte[bytes])))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("(expected: 8, as announced)");
      assertThat(out.position()).isZero();
      assertThat(out.array()).as("what was written is erased").containsOnly(0);
    }
    assertThatThrownBy(
            () -> Frames.write(FormKind.CKKS_PLAINTEXT, 1, DIGEST, 37, out, writer -> {}))
        .hasMessage("out: 100 bytes (expected: >= 101)");
  }

  /// A length inside the body is refused before the array is made.
  @Test
  void lengthsInsideABodyAreBounded() {
    ByteBuffer out = ByteBuffer.allocate(72);
    Frames.write(
        FormKind.CKKS_PLAINTEXT, 1, DIGEST, 8, out, writer -> writer.writeLong(0x7fffffffL));
    FrameExpectation expected = FrameExpectation.exactly(FormKind.CKKS_PLAINTEXT, 1, DIGEST, 8);
    for (int most : new int[] {100, Integer.MAX_VALUE}) {
      assertThatThrownBy(() ->
              Frames.readWhole(
                  ByteBuffer.wrap(out.array()), expected, in -> in.readSized("name", most)))
          .isInstanceOf(FormatException.Malformed.class);
    }
  }

  @Test
  void secretFormsNeedTheToken() throws IOException {
    FrameExpectation expected = FrameExpectation.exactly(FormKind.CKKS_SECRET_KEY, 1, DIGEST, 8);
    ByteBuffer out = ByteBuffer.allocate(72);
    assertThatThrownBy(
            () -> Frames.write(FormKind.CKKS_SECRET_KEY, 1, DIGEST, 8, out, w -> w.writeLong(5)))
        .hasMessageContaining("pass a SecretKeyAccess");
    SecretKeyAccess access = SecretKeyAccess.insecureBytes();
    Frames.writeSecret(access, FormKind.CKKS_SECRET_KEY, 1, DIGEST, 8, out, w -> w.writeLong(5));
    ByteBuffer in = out.flip();
    assertThatThrownBy(() -> Frames.readWhole(in, expected, FrameReader::readLong))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Frames.<Long>readSecret(access, in, expected, FrameReader::readLong)).isEqualTo(5);
    assertThat(
            Frames.<Long>readSecret(
                access, new ByteArrayInputStream(out.array()), expected, FrameReader::readLong))
        .isEqualTo(5);
  }

  /// A secret key that was made from changed bytes is closed before the exception leaves.
  @Test
  void whatWasReadFromChangedBytesIsClosed() {
    FrameExpectation expected = FrameExpectation.exactly(FormKind.CKKS_SECRET_KEY, 1, DIGEST, 8);
    ByteBuffer out = ByteBuffer.allocate(72);
    SecretKeyAccess access = SecretKeyAccess.insecureBytes();
    Frames.writeSecret(access, FormKind.CKKS_SECRET_KEY, 1, DIGEST, 8, out, w -> w.writeLong(77));
    out.put(60, (byte) 76);
    List<String> closed = new ArrayList<>();
    FrameDecoder<AutoCloseable> decoder =
        in -> {
          long value = in.readLong();
          return () -> closed.add("value " + value);
        };
    ByteArrayInputStream in = new ByteArrayInputStream(out.array());
    assertThatThrownBy(() -> Frames.readSecret(access, in, expected, decoder))
        .isInstanceOf(FormatException.Corrupted.class);
    assertThat(closed).containsExactly("value 76");
    assertThatThrownBy(() -> Frames.readSecret(access, out.flip(), expected, decoder))
        .isInstanceOf(FormatException.Corrupted.class);
    assertThat(closed).as("nothing was decoded from a buffer").hasSize(1);
  }

  /// The words of a decoder about a secret stay inside.
  @Test
  void refusalsOfSecretFormsQuoteNothing() {
    FrameExpectation expected = FrameExpectation.exactly(FormKind.CKKS_SECRET_KEY, 1, DIGEST, 0);
    ByteBuffer out = ByteBuffer.allocate(64);
    SecretKeyAccess access = SecretKeyAccess.insecureBytes();
    Frames.writeSecret(access, FormKind.CKKS_SECRET_KEY, 1, DIGEST, 0, out, w -> {});
    assertThatThrownBy(() ->
            Frames.readSecret(
                access,
                out.flip(),
                expected,
                in -> {
                  throw new IllegalArgumentException("coefficient: 42");
                }))
        .isInstanceOf(FormatException.Malformed.class)
        .hasNoCause()
        .hasMessageNotContaining("42");
  }

  @Test
  void kindsHaveDifferentCodes() {
    assertThat(FormKind.values()).extracting(FormKind::code).doesNotHaveDuplicates();
    assertThat(FormKind.values()).allSatisfy(k -> assertThat(k.code()).isBetween(1, 0xffff));
  }
}
