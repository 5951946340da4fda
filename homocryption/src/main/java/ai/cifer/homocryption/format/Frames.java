package ai.cifer.homocryption.format;

import ai.cifer.homocryption.codec.FormKind;
import ai.cifer.homocryption.codec.FormatException;
import ai.cifer.homocryption.codec.ParameterDigest;
import ai.cifer.homocryption.codec.SecretKeyAccess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Writes and reads frames ([FrameDescriptor] has the layout), in one pass and in constant memory.
///
/// A form is written to a stream or a buffer and read back by `readWhole` (nothing may follow) or
/// `readNext` (another form may follow). A buffer's position advances over the form, and stays
/// where it was if the form is refused. Streams are never closed, and never read beyond the form,
/// save that `readWhole` and `readSecret` wait for the end; on a connection that stays open use
/// `readNext`.
///
/// Kinds that are [FormKind#secret()] have methods of their own, which take the token.
public final class Frames {
  private Frames() {}

  /// Bytes of the whole form around a body.
  public static long bytes(long bodyBytes) {
    return Math.addExact(bodyBytes, FrameDescriptor.HEADER_BYTES + FrameDescriptor.TRAILER_BYTES);
  }

  /// Writes a form to a stream.
  ///
  /// @param version 1 to 65535
  /// @param bodyBytes exactly what `body` writes
  public static void write(
      FormKind kind,
      int version,
      ParameterDigest digest,
      long bodyBytes,
      OutputStream out,
      FrameBody body)
      throws IOException {
    requirePublic(kind);
    writeAny(kind, version, digest, bodyBytes, out::write, body);
  }

  /// Writes a form to a buffer.
  ///
  /// @throws IllegalArgumentException if `out` has less than [#bytes] remaining
  public static void write(
      FormKind kind,
      int version,
      ParameterDigest digest,
      long bodyBytes,
      ByteBuffer out,
      FrameBody body) {
    requirePublic(kind);
    writeBuffer(kind, version, digest, bodyBytes, out, body);
  }

  /// Writes a secret form to a stream.
  public static void writeSecret(
      SecretKeyAccess access,
      FormKind kind,
      int version,
      ParameterDigest digest,
      long bodyBytes,
      OutputStream out,
      FrameBody body)
      throws IOException {
    Objects.requireNonNull(access, "access");
    writeAny(kind, version, digest, bodyBytes, out::write, body);
  }

  /// Writes a secret form to a buffer.
  public static void writeSecret(
      SecretKeyAccess access,
      FormKind kind,
      int version,
      ParameterDigest digest,
      long bodyBytes,
      ByteBuffer out,
      FrameBody body) {
    Objects.requireNonNull(access, "access");
    writeBuffer(kind, version, digest, bodyBytes, out, body);
  }

  /// Reads a form that ends where the stream ends.
  ///
  /// @throws FormatException if the bytes are not that form
  public static <T> T readWhole(InputStream in, FrameExpectation expected, FrameDecoder<T> decoder)
      throws IOException {
    requirePublic(expected.kind());
    return readStream(in, expected, decoder, true);
  }

  /// Reads a form and leaves the stream after it.
  public static <T> T readNext(InputStream in, FrameExpectation expected, FrameDecoder<T> decoder)
      throws IOException {
    requirePublic(expected.kind());
    return readStream(in, expected, decoder, false);
  }

  /// Reads a form that ends where the buffer ends.
  public static <T> T readWhole(ByteBuffer in, FrameExpectation expected, FrameDecoder<T> decoder) {
    requirePublic(expected.kind());
    return readBuffer(in, expected, decoder, true);
  }

  /// Reads a form and leaves the buffer's position after it.
  public static <T> T readNext(ByteBuffer in, FrameExpectation expected, FrameDecoder<T> decoder) {
    requirePublic(expected.kind());
    return readBuffer(in, expected, decoder, false);
  }

  /// Reads a secret form that ends where the stream ends.
  public static <T> T readSecret(
      SecretKeyAccess access, InputStream in, FrameExpectation expected, FrameDecoder<T> decoder)
      throws IOException {
    Objects.requireNonNull(access, "access");
    return readStream(in, expected, decoder, true);
  }

  /// Reads a secret form that ends where the buffer ends.
  public static <T> T readSecret(
      SecretKeyAccess access, ByteBuffer in, FrameExpectation expected, FrameDecoder<T> decoder) {
    Objects.requireNonNull(access, "access");
    return readBuffer(in, expected, decoder, true);
  }

  /// Reads a form of any kind to its end and gives what its header says: bytes that were changed
  /// are found, values in the body are not looked at. Constant memory, secrets included.
  ///
  /// @throws FormatException if the bytes are no form, end early or were changed
  public static FrameHeader inspect(InputStream in) throws IOException {
    try (FrameReader reader = new FrameReader(in::readNBytes, Long.MAX_VALUE)) {
      FrameHeader header = reader.beginAny();
      reader.skipRest();
      reader.finish();
      return header;
    }
  }

  private static void requirePublic(FormKind kind) {
    if (kind.secret()) {
      throw new IllegalArgumentException(
          "kind: " + kind.title() + " (expected: no secret); pass a SecretKeyAccess");
    }
  }

  private static void writeAny(
      FormKind kind,
      int version,
      ParameterDigest digest,
      long bodyBytes,
      FrameWriter.Sink sink,
      FrameBody body)
      throws IOException {
    if (version < 1 || version > 0xffff || bodyBytes < 0) {
      throw new IllegalArgumentException(
          "version: %d, body: %d bytes (expected: version 1 to 65535, body >= 0)"
              .formatted(version, bodyBytes));
    }
    try (FrameWriter writer = new FrameWriter(sink, bodyBytes)) {
      writer.begin(FrameDescriptor.header(kind, version, digest, bodyBytes));
      body.write(writer);
      writer.finish();
    }
  }

  private static void writeBuffer(
      FormKind kind,
      int version,
      ParameterDigest digest,
      long bodyBytes,
      ByteBuffer out,
      FrameBody body) {
    if (out.remaining() < bytes(bodyBytes)) {
      throw new IllegalArgumentException(
          "out: " + out.remaining() + " bytes (expected: >= " + bytes(bodyBytes) + ")");
    }
    int start = out.position();
    boolean written = false;
    try {
      writeAny(kind, version, digest, bodyBytes, out::put, body);
      written = true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      if (!written) {
        for (int i = start; i < out.position(); i++) {
          out.put(i, (byte) 0);
        }
        out.position(start);
      }
    }
  }

  private static <T> T readStream(
      InputStream in, FrameExpectation expected, FrameDecoder<T> decoder, boolean whole)
      throws IOException {
    try (FrameReader reader = new FrameReader(in::readNBytes, Long.MAX_VALUE)) {
      reader.begin(expected);
      T value = read(reader, expected, decoder);
      if (whole && in.read() >= 0) {
        closeQuietly(value, null);
        throw trailing(expected.kind(), reader.bytesRead(), "more");
      }
      return value;
    }
  }

  private static <T> T readBuffer(
      ByteBuffer in, FrameExpectation expected, FrameDecoder<T> decoder, boolean whole) {
    ByteBuffer source = in.duplicate();
    FrameReader.Source bytes =
        (array, offset, length) -> {
          int count = Math.min(length, source.remaining());
          source.get(array, offset, count);
          return count;
        };
    try (FrameReader reader = new FrameReader(bytes, in.remaining())) {
      reader.begin(expected);
      // All bytes are at hand: no decoder sees what was changed.
      int form = Math.toIntExact(bytes(reader.left()));
      if (whole && in.remaining() > form) {
        throw trailing(expected.kind(), form, String.valueOf(in.remaining()));
      }
      reader.requireChecksum(in.slice(in.position(), form));
      T value = read(reader, expected, decoder);
      in.position(source.position());
      return value;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static <T> T read(FrameReader reader, FrameExpectation expected, FrameDecoder<T> decoder)
      throws IOException {
    T value;
    try {
      value = decoder.read(reader);
    } catch (FormatException.Truncated e) {
      throw e;
    } catch (RuntimeException e) {
      // A changed byte is the likelier cause, and the checksum knows.
      reader.skipRest();
      reader.finish();
      if (e instanceof IllegalArgumentException || e instanceof ArithmeticException) {
        throw malformed(expected.kind(), e);
      }
      throw e;
    }
    try {
      reader.finish();
      return value;
    } catch (FormatException | IOException e) {
      closeQuietly(value, e);
      throw e;
    }
  }

  /// What a decoder says of a secret form may hold a part of the secret: it goes no further.
  private static FormatException malformed(FormKind kind, RuntimeException e) {
    FormatException malformed =
        new FormatException.Malformed(
            "body of a %s: %s (expected: what a writer writes); %s"
                .formatted(
                    kind.title(),
                    kind.secret() ? "an impossible value" : e.getMessage(),
                    FrameReader.WRITER));
    if (!kind.secret()) {
      malformed.initCause(e);
    }
    return malformed;
  }

  private static FormatException trailing(FormKind kind, long form, String found) {
    return new FormatException.TrailingBytes(
        "bytes: %s (expected: %d, where the %s ends); one file holds one form, split it"
            .formatted(found, form, kind.title()));
  }

  private static void closeQuietly(Object value, @Nullable Exception cause) {
    if (value instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception e) {
        if (cause != null) {
          cause.addSuppressed(e);
        }
      }
    }
  }
}
