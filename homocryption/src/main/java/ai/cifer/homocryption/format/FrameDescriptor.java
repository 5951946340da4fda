package ai.cifer.homocryption.format;

import ai.cifer.homocryption.codec.FormKind;
import ai.cifer.homocryption.codec.FormatException;
import ai.cifer.homocryption.codec.ParameterDigest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/// The byte layout of a frame. All numbers are little endian.
///
/// ```
///  byte 0         1         2         3         4         5         6         7
///      +---------+---------+---------+---------+---------+---------+---------+---------+
///    0 |  0x89       'C'       'I'       'F'       'E'       'R'      0x0D      0x0A   |  magic
///      +---------+---------+---------+---------+---------+---------+---------+---------+
///    8 |       kind        |  format version   |           0 (reserved)                |
///      +---------+---------+---------+---------+---------+---------+---------+---------+
///   16 |                            length of the body, bytes                          |
///      +---------+---------+---------+---------+---------+---------+---------+---------+
///   24 |                                                                               |
///      |                 parameter digest, SHA-256 (see ParameterDigest)               |
///   48 |                                                                               |
///      +---------+---------+---------+---------+---------+---------+---------+---------+
///   56 |       CRC32C of bytes 0 to 55         |
///      +---------+---------+---------+---------+---------+---------+---------+---------+
///   60 |                               body                                           ...
///      +---------+---------+---------+---------+
///      | CRC32C of all bytes before this field |
///      +---------+---------+---------+---------+
/// ```
///
/// - The magic has a byte above 0x7F and a line end, so a transfer as text is found, as in PNG.
/// - The header has a checksum of its own: a flipped bit in the length is found before anything is
///   allocated. This layout never changes; the version counts the layouts of one kind's body.
/// - The last checksum covers header and body, so a body under another frame's header is found.
/// - CRC32C finds faults, not attackers: whoever can write the bytes can write the checksum. Every
///   value in a body is therefore checked by its reader, and authenticity is the transport's work.
final class FrameDescriptor {
  static final int HEADER_BYTES = 60;
  static final int TRAILER_BYTES = 4;

  private static final byte[] MAGIC = {(byte) 0x89, 'C', 'I', 'F', 'E', 'R', 0x0D, 0x0A};
  private static final int MAGIC_OFFSET = 0;
  private static final int KIND_OFFSET = 8;
  private static final int VERSION_OFFSET = 10;
  private static final int RESERVED_OFFSET = 12;
  private static final int LENGTH_OFFSET = 16;
  private static final int DIGEST_OFFSET = 24;
  private static final int CHECKSUM_OFFSET = 56;

  private FrameDescriptor() {}

  static byte[] header(FormKind kind, int version, ParameterDigest digest, long bodyBytes) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header.put(MAGIC_OFFSET, MAGIC);
    header.putShort(KIND_OFFSET, (short) kind.code());
    header.putShort(VERSION_OFFSET, (short) version);
    header.putLong(LENGTH_OFFSET, bodyBytes);
    header.put(DIGEST_OFFSET, digest.bytes());
    header.putInt(CHECKSUM_OFFSET, checksum(header.array()));
    return header.array();
  }

  private static int checksum(byte[] header) {
    CRC32C crc = new CRC32C();
    crc.update(header, 0, CHECKSUM_OFFSET);
    return (int) crc.getValue();
  }

  /// Checks a header against what the reader expects; nothing else is read before this passed.
  static FrameHeader check(byte[] bytes, FrameExpectation expected) {
    ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    requireChecksum(bytes);
    requireKind(Short.toUnsignedInt(header.getShort(KIND_OFFSET)), expected.kind());
    int version = Short.toUnsignedInt(header.getShort(VERSION_OFFSET));
    if (version > expected.newestVersion()) {
      throw new FormatException.FutureVersion(
          "version of a %s: %d (expected: at most %d); a newer release wrote it: update this one"
              .formatted(expected.kind().title(), version, expected.newestVersion()));
    }
    if (version == 0 || header.getInt(RESERVED_OFFSET) != 0) {
      throw new FormatException.Malformed(
          "version: %d, reserved: %d (expected: version >= 1, reserved 0); %s"
              .formatted(version, header.getInt(RESERVED_OFFSET), FrameReader.WRITER));
    }
    byte[] digest = Arrays.copyOfRange(bytes, DIGEST_OFFSET, CHECKSUM_OFFSET);
    ParameterDigest wanted = expected.digest();
    if (wanted != null && !Arrays.equals(wanted.bytes(), digest)) {
      throw new FormatException.WrongParameters(
          "parameters of a %s: digest %s (expected: %s of %s); read it with the parameters and the"
                  .formatted(
                      expected.kind().title(),
                      HexFormat.of().formatHex(digest, 0, 8),
                      wanted.shortHex(),
                      wanted.label())
              + " key that it was made for");
    }
    long bodyBytes = header.getLong(LENGTH_OFFSET);
    if (bodyBytes < expected.leastBytes() || bodyBytes > expected.mostBytes()) {
      throw new FormatException.WrongLength(
          "body of a %s: %s bytes (expected: %s); %s"
              .formatted(
                  expected.kind().title(),
                  Long.toUnsignedString(bodyBytes),
                  expected.leastBytes() == expected.mostBytes()
                      ? String.valueOf(expected.leastBytes())
                      : expected.leastBytes() + " to " + expected.mostBytes(),
                  FrameReader.WRITER));
    }
    return new FrameHeader(
        expected.kind(), version, ParameterDigest.ofBytes("form", digest), bodyBytes);
  }

  /// Checks a header of any kind that this release knows, of any version.
  static FrameHeader inspect(byte[] bytes) {
    ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int code = Short.toUnsignedInt(header.getShort(KIND_OFFSET));
    for (FormKind kind : FormKind.values()) {
      if (kind.code() == code) {
        return check(bytes, new FrameExpectation(kind, 0xffff, null, 0, Long.MAX_VALUE >> 1));
      }
    }
    requireChecksum(bytes);
    throw new FormatException.WrongKind(
        "kind: unknown, code 0x%04x (expected: one that this release knows); update this one"
            .formatted(code));
  }

  /// @param count bytes that were there, fewer than a header if the form is truncated
  static void requireMagic(byte[] bytes, int count) {
    int length = Math.min(count, MAGIC.length);
    if (!Arrays.equals(bytes, 0, length, MAGIC, 0, length)) {
      throw new FormatException.UnknownMagic(
          "first bytes: %s (expected: %s); this is no form of Cifer, or it was transferred as text"
              .formatted(
                  HexFormat.of().formatHex(bytes, 0, length), HexFormat.of().formatHex(MAGIC)));
    }
  }

  private static void requireChecksum(byte[] header) {
    int stored = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getInt(CHECKSUM_OFFSET);
    int computed = checksum(header);
    if (stored != computed) {
      throw new FormatException.Corrupted(
          "header checksum: %08x (expected: %08x, that of the bytes read); %s"
              .formatted(stored, computed, FrameReader.TRANSFER));
    }
  }

  private static void requireKind(int code, FormKind expected) {
    if (code == expected.code()) {
      return;
    }
    String found = "unknown, code 0x%04x".formatted(code);
    for (FormKind kind : FormKind.values()) {
      if (kind.code() == code) {
        found = kind.title();
      }
    }
    throw new FormatException.WrongKind(
        "kind: %s (expected: %s); name the file that holds a %s"
            .formatted(found, expected.title(), expected.title()));
  }
}
