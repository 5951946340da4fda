package ai.cifer.homocryption.format;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.homocryption.codec.FormKind;
import ai.cifer.homocryption.codec.ParameterDigest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/// Fields of all kinds in any order, across the ends of the buffers of reader and writer.
class FramePropertyTest {
  private static final ParameterDigest DIGEST = ParameterDigest.of("test set", "test", 9);
  private static final long PRIME = 1_099_511_627_689L;
  private static final int[] SIZES = {0, 1, 3, 50, 2047, 2048, 2049, 8191, 8192, 8193, 20_000};

  /// A body is drawn twice from one seed: once to write, once to compare.
  private record Script(long seed, int fields) {
    /// Calls the visitor for every field, with the values in it.
    void run(Field field) throws IOException {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      for (int i = 0; i < fields; i++) {
        byte[] bytes = new byte[SIZES[random.nextInt(SIZES.length)]];
        random.nextBytes(bytes);
        double[] residues = random.longs(bytes.length % 3000, 0, PRIME).asDoubleStream().toArray();
        field.visit(random.nextInt(6), random.nextLong(), bytes, residues);
      }
    }

    long bytes() throws IOException {
      long[] sum = {0};
      int packed = new ResiduePacking(PRIME).bits();
      run((kind, number, bytes, residues) ->
          sum[0] +=
              switch (kind) {
                case 0 -> 1;
                case 1 -> 4;
                case 2 -> 8;
                case 3 -> bytes.length;
                case 4 -> 4L + bytes.length;
                default -> ((long) packed * residues.length + 7) / 8;
              });
      return sum[0];
    }
  }

  private interface Field {
    void visit(int kind, long number, byte[] bytes, double[] residues) throws IOException;
  }

  @Property(tries = 150)
  void whatIsWrittenIsRead(@ForAll @IntRange(min = 0, max = 12) int fields, @ForAll long seed)
      throws IOException {
    Script script = new Script(seed, fields);
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    Frames.write(
        FormKind.CKKS_PLAINTEXT,
        1,
        DIGEST,
        script.bytes(),
        stream,
        out ->
            script.run((kind, number, bytes, residues) -> {
              switch (kind) {
                case 0 -> out.writeByte((int) number);
                case 1 -> out.writeInt((int) number);
                case 2 -> out.writeLong(number);
                case 3 -> out.writeBytes(bytes);
                case 4 -> out.writeSized(bytes);
                default -> out.writeResidues(residues, 0, residues.length, PRIME);
              }
            }));
    byte[] form = stream.toByteArray();
    assertThat((long) form.length).isEqualTo(Frames.bytes(script.bytes()));
    FrameExpectation expected =
        FrameExpectation.exactly(FormKind.CKKS_PLAINTEXT, 1, DIGEST, script.bytes());
    // A second form behind the first must be left alone.
    ByteBuffer two = ByteBuffer.allocate(2 * form.length).put(form).put(form);
    ByteArrayInputStream in = new ByteArrayInputStream(two.array());
    Frames.readNext(in, expected, body -> compare(script, body));
    assertThat(in.available()).isEqualTo(form.length);
    Frames.readWhole(in, expected, body -> compare(script, body));
    Frames.readNext(two.flip(), expected, body -> compare(script, body));
    assertThat(two.remaining()).isEqualTo(form.length);
  }

  private static boolean compare(Script script, FrameReader in) throws IOException {
    script.run((kind, number, bytes, residues) -> {
      switch (kind) {
        case 0 -> assertThat(in.readByte()).isEqualTo((int) number & 0xff);
        case 1 -> assertThat(in.readInt()).isEqualTo((int) number);
        case 2 -> assertThat(in.readLong()).isEqualTo(number);
        case 3 -> {
          byte[] read = new byte[bytes.length];
          in.readBytes(read);
          assertThat(read).isEqualTo(bytes);
        }
        case 4 -> assertThat(in.readSized("bytes", 20_000)).isEqualTo(bytes);
        default -> {
          double[] read = new double[residues.length];
          in.readResidues(read, 0, read.length, PRIME);
          assertThat(read).isEqualTo(residues);
        }
      }
    });
    assertThat(in.left()).isZero();
    return true;
  }

  /// Numbers keep their value and take exactly the bytes that they are given.
  @Property(tries = 100)
  void numbersAreLittleEndian(@ForAll @IntRange(min = 0, max = 3000) int bits, @ForAll long seed)
      throws IOException {
    byte[] random = new byte[bits / 8 + 1];
    RandomGeneratorFactory.of("L64X128MixRandom").create(seed).nextBytes(random);
    BigInteger number = new BigInteger(1, random).shiftRight(random.length * 8 - bits);
    int bytes = (bits + 7) / 8;
    ByteBuffer out = ByteBuffer.allocate(64 + bytes).order(ByteOrder.LITTLE_ENDIAN);
    Frames.write(
        FormKind.CKKS_PLAINTEXT, 1, DIGEST, bytes, out, body -> body.writeNumber(number, bytes));
    for (int i = 0; i < bytes; i++) {
      assertThat(out.get(60 + i)).isEqualTo(number.shiftRight(8 * i).byteValue());
    }
    FrameExpectation expected = FrameExpectation.exactly(FormKind.CKKS_PLAINTEXT, 1, DIGEST, bytes);
    BigInteger read = Frames.readWhole(out.flip(), expected, in -> in.readNumber(bytes));
    assertThat(read).isEqualTo(number);
  }
}
