package ai.cifer.homocryption.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.homocryption.codec.FormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/// What every form of the library owes to whoever reads hostile bytes. A test class of a form
/// implements this interface and gets the tests.
///
/// Forms of up to [#SMALL] bytes are cut at every length and flipped at every bit; of larger ones
/// the header, the ends and a seeded sample are.
public interface FormContract {
  /// Forms up to this size are attacked at every position.
  int SMALL = 600;

  /// Forms above this size are flipped at one bit of a byte of the body, not at all eight.
  int LARGE = 1 << 16;

  /// A valid form, always the same bytes.
  byte[] form();

  /// Reads a whole form from a stream.
  Object read(InputStream in) throws IOException;

  /// Reads a whole form from a buffer.
  Object read(ByteBuffer in);

  /// Writes what was read.
  byte[] write(Object value);

  /// Bytes of other kinds' or other parameters' valid forms, which must be refused.
  default List<byte[]> foreignForms() {
    return List.of();
  }

  /// The number of bodies with a changed byte and a right checksum that are tried: fewer of large
  /// forms, which take long to read.
  default int restampedTries() {
    return form().length > LARGE ? 40 : 300;
  }

  /// What a reader may throw, beside [FormatException], for a body whose checksums are right and
  /// whose values are no key or ciphertext.
  default Class<? extends RuntimeException> refusal() {
    return FormatException.class;
  }

  @Test
  default void readsWhatItWrote() throws IOException {
    byte[] form = form();
    assertThat(write(read(ByteBuffer.wrap(form)))).isEqualTo(form);
    assertThat(write(read(new ByteArrayInputStream(form)))).isEqualTo(form);
    ByteBuffer direct = ByteBuffer.allocateDirect(form.length).put(form).flip();
    assertThat(write(read(direct))).isEqualTo(form);
    assertThat(direct.hasRemaining()).isFalse();
  }

  /// A stream may give one byte at a time.
  @Test
  default void readsFromAStreamThatDripsBytes() throws IOException {
    byte[] form = form();
    ByteBuffer source = ByteBuffer.wrap(form);
    InputStream drip =
        new InputStream() {
          @Override
          public int read() {
            return source.hasRemaining() ? Byte.toUnsignedInt(source.get()) : -1;
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            if (length == 0 || !source.hasRemaining()) {
              return length == 0 ? 0 : -1;
            }
            bytes[offset] = source.get();
            return 1;
          }
        };
    assertThat(write(read(drip))).isEqualTo(form);
  }

  @Test
  default void refusesEveryTruncation() {
    byte[] form = form();
    for (int length : positions(form.length)) {
      byte[] cut = Arrays.copyOf(form, length);
      ByteBuffer buffer = ByteBuffer.wrap(cut);
      assertThatThrownBy(() -> read(buffer))
          .as("cut to %d of %d", length, form.length)
          .isInstanceOf(FormatException.Truncated.class)
          .hasMessageContaining("expected: ")
          .hasMessageContaining("copy the file again");
      assertThat(buffer.position()).isZero();
      if (length % 16 == 0) {
        assertThatThrownBy(() -> read(new ByteArrayInputStream(cut)))
            .as("stream cut to %d of %d", length, form.length)
            .isInstanceOf(FormatException.Truncated.class);
      }
    }
  }

  @Test
  default void refusesEveryFlippedBit() {
    byte[] form = form();
    for (int position : positions(form.length)) {
      boolean all = form.length <= LARGE || position < FrameDescriptor.HEADER_BYTES;
      for (int bit = all ? 0 : position % 8; bit < (all ? 8 : position % 8 + 1); bit++) {
        byte[] flipped = form.clone();
        flipped[position] ^= (byte) (1 << bit);
        assertThatThrownBy(() -> read(ByteBuffer.wrap(flipped)))
            .as("bit %d of byte %d", bit, position)
            .isInstanceOfAny(
                position < 8 ? FormatException.UnknownMagic.class : FormatException.Corrupted.class,
                FormatException.Corrupted.class);
        if (bit == position % 64) {
          assertThatThrownBy(() -> read(new ByteArrayInputStream(flipped)))
              .as("stream, bit %d of byte %d", bit, position)
              .isInstanceOfAny(FormatException.UnknownMagic.class, FormatException.Corrupted.class);
        }
      }
    }
  }

  /// A writer that is hostile computes the checksum: what is read must be refused by name, or be
  /// the one form of its value.
  @Test
  default void survivesChangedBodiesWithRightChecksums() {
    byte[] form = form();
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(form.length);
    for (int i = 0; i < restampedTries(); i++) {
      byte[] changed = form.clone();
      int first = FrameDescriptor.HEADER_BYTES;
      int bodyBytes = form.length - first - FrameDescriptor.TRAILER_BYTES;
      if (bodyBytes == 0) {
        return;
      }
      int near = random.nextBoolean() ? bodyBytes : Math.min(bodyBytes, 64);
      changed[first + random.nextInt(near)] = (byte) random.nextInt();
      if (random.nextBoolean()) {
        changed[first + random.nextInt(near)] = (byte) (random.nextBoolean() ? 0xff : 0);
      }
      byte[] attack = restamp(changed);
      Object value;
      try {
        value = read(ByteBuffer.wrap(attack));
      } catch (RuntimeException refused) {
        assertThat(refused)
            .isInstanceOfAny(FormatException.class, refusal())
            .hasMessageContaining("expected: ");
        continue;
      }
      assertThat(write(value)).isEqualTo(attack);
    }
  }

  @Test
  default void refusesAFutureVersion() {
    for (int version : new int[] {0x7fff, 0xffff}) {
      ByteBuffer future = ByteBuffer.wrap(form()).order(ByteOrder.LITTLE_ENDIAN);
      future.putShort(10, (short) version);
      assertThatThrownBy(() -> read(ByteBuffer.wrap(restamp(future.array()))))
          .isInstanceOf(FormatException.FutureVersion.class)
          .hasMessageContaining(": " + version + " (expected: at most ")
          .hasMessageContaining("update");
    }
    ByteBuffer zero = ByteBuffer.wrap(form()).putShort(10, (short) 0);
    assertThatThrownBy(() -> read(ByteBuffer.wrap(restamp(zero.array()))))
        .isInstanceOf(FormatException.Malformed.class);
  }

  @Test
  default void refusesLengthsThatNoFormHas() {
    byte[] form = form();
    long bodyBytes = form.length - Frames.bytes(0);
    for (long length : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40, 1L << 31}) {
      ByteBuffer oversize = ByteBuffer.wrap(form.clone()).order(ByteOrder.LITTLE_ENDIAN);
      oversize.putLong(16, length);
      byte[] attack = restamp(oversize.array());
      assertThatThrownBy(() -> read(ByteBuffer.wrap(attack)))
          .as("body of %d", length)
          .isInstanceOf(FormatException.WrongLength.class);
      assertThatThrownBy(() -> read(new ByteArrayInputStream(attack)))
          .isInstanceOf(FormatException.WrongLength.class);
    }
    for (long length : new long[] {0, bodyBytes - 1, bodyBytes + 1}) {
      ByteBuffer other = ByteBuffer.wrap(form.clone()).order(ByteOrder.LITTLE_ENDIAN);
      other.putLong(16, length);
      assertThatThrownBy(() -> read(ByteBuffer.wrap(restamp(other.array()))))
          .as("body of %d", length)
          .isInstanceOf(FormatException.class);
    }
  }

  @Test
  default void refusesWhatFollows() {
    byte[] form = form();
    byte[] twice = Arrays.copyOf(form, 2 * form.length);
    System.arraycopy(form, 0, twice, form.length, form.length);
    for (byte[] longer : List.of(Arrays.copyOf(form, form.length + 1), twice)) {
      ByteBuffer buffer = ByteBuffer.wrap(longer);
      assertThatThrownBy(() -> read(buffer))
          .isInstanceOf(FormatException.TrailingBytes.class)
          .hasMessageContaining("expected: " + form.length);
      assertThat(buffer.position()).isZero();
      assertThatThrownBy(() ->
              read(
                  new SequenceInputStream(
                      Collections.enumeration(List.of(new ByteArrayInputStream(longer))))))
          .isInstanceOf(FormatException.TrailingBytes.class);
    }
  }

  /// Two pieces of the body change places; the checksum tells.
  @Test
  default void refusesReorderedPieces() {
    byte[] form = form();
    int first = FrameDescriptor.HEADER_BYTES;
    int half = (form.length - first - FrameDescriptor.TRAILER_BYTES) / 2;
    byte[] swapped = form.clone();
    System.arraycopy(form, first, swapped, first + half, half);
    System.arraycopy(form, first + half, swapped, first, half);
    assertThat(swapped).isNotEqualTo(form);
    assertThatThrownBy(() -> read(ByteBuffer.wrap(swapped)))
        .isInstanceOf(FormatException.Corrupted.class)
        .hasMessageContaining("copy the file again");
  }

  @Test
  default void refusesOtherKindsAndOtherParameters() {
    ByteBuffer kind = ByteBuffer.wrap(form()).order(ByteOrder.LITTLE_ENDIAN);
    kind.putShort(8, (short) 0xfffe);
    assertThatThrownBy(() -> read(ByteBuffer.wrap(restamp(kind.array()))))
        .isInstanceOf(FormatException.WrongKind.class)
        .hasMessageContaining("0xfffe (expected: ");
    byte[] digest = form();
    digest[24] ^= 1;
    assertThatThrownBy(() -> read(ByteBuffer.wrap(restamp(digest))))
        .isInstanceOfAny(FormatException.WrongParameters.class, FormatException.Malformed.class)
        .hasMessageContaining("expected: ");
    for (byte[] foreign : foreignForms()) {
      assertThatThrownBy(() -> read(ByteBuffer.wrap(foreign)))
          .isInstanceOfAny(FormatException.WrongKind.class, FormatException.WrongParameters.class);
    }
  }

  /// The form with both checksums right.
  static byte[] restamp(byte[] form) {
    byte[] stamped = form.clone();
    ByteBuffer buffer = ByteBuffer.wrap(stamped).order(ByteOrder.LITTLE_ENDIAN);
    CRC32C crc = new CRC32C();
    crc.update(stamped, 0, 56);
    buffer.putInt(56, (int) crc.getValue());
    crc.reset();
    crc.update(stamped, 0, stamped.length - FrameDescriptor.TRAILER_BYTES);
    buffer.putInt(stamped.length - FrameDescriptor.TRAILER_BYTES, (int) crc.getValue());
    return stamped;
  }

  private static int[] positions(int length) {
    if (length <= SMALL) {
      return java.util.stream.IntStream.range(0, length).toArray();
    }
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(length);
    return java.util.stream.IntStream.concat(
            java.util.stream.IntStream.range(0, 128),
            java.util.stream.IntStream.concat(
                java.util.stream.IntStream.range(length - 16, length), random.ints(100, 0, length)))
        .toArray();
  }
}
