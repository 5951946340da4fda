package ai.cifer.cli.keys;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.homocryption.codec.FormKind;
import ai.cifer.homocryption.codec.ParameterDigest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// The byte layout of a secret key under a passphrase. All numbers are little endian.
///
/// ```
///  byte 0         1         2         3         4         5         6         7
///      +---------+---------+---------+---------+---------+---------+---------+---------+
///    0 |  0x8A       'C'       'I'       'F'       'K'       'E'      'Y'      0x0A    |  magic
///      +---------+---------+---------+---------+---------+---------+---------+---------+
///    8 |     version = 1   | 1: Argon2id, 1: AES-GCM |   kind of key   |  0 (reserved) |
///      +---------+---------+---------+---------+---------+---------+---------+---------+
///   16 |       Argon2 memory in KiB            |       Argon2 passes                   |
///      +---------+---------+---------+---------+---------+---------+---------+---------+
///   24 |       Argon2 lanes                    |       bytes of the sealed key, n      |
///      +---------+---------+---------+---------+---------+---------+---------+---------+
///   32 |                        Argon2 salt, 16 bytes                                  |
///      +---------+---------+---------+---------+---------+---------+---------+---------+
///   48 |             AES-GCM nonce, 12 bytes                       |   0 (reserved)    |
///      +---------+---------+---------+---------+---------+---------+---------+---------+
///   64 |                 digest of the key's parameters, 32 bytes                      |
///      +---------+---------+---------+---------+---------+---------+---------+---------+
///   96 |       CRC32C of bytes 0 to 95         |
///      +---------+---------+---------+---------+
///  100 |      the key's own form, encrypted; the last 16 bytes are the tag             |
///      +---------+---------+---------+---------+---------+---------+---------+---------+
///      | CRC32C of all bytes before this field |
///      +---------+---------+---------+---------+
/// ```
///
/// - Bytes 0 to 95 are the associated data of AES-GCM: kind, digest and costs cannot be changed.
/// - The checksums tell a damaged file from a wrong passphrase; against an attacker only the tag
///   counts, and a file that was changed on purpose looks like a wrong passphrase.
/// - The costs are bounded before they are used: a hostile file cannot demand more than 1 GiB.
final class SealedKeyDescriptor {
  static final int HEADER_BYTES = 100;
  static final int AAD_BYTES = 96;
  static final int SALT_BYTES = 16;
  static final int NONCE_BYTES = 12;
  static final int TAG_BYTES = 16;
  static final int TRAILER_BYTES = 4;

  /// The largest secret key of this library has 64 KiB at 65,536 coefficients; with room.
  static final int MOST_SEALED_BYTES = 16 << 20;

  private static final byte[] MAGIC = {(byte) 0x8A, 'C', 'I', 'F', 'K', 'E', 'Y', 0x0A};
  private static final int VERSION = 1;
  private static final int ARGON2ID_AES_GCM = 0x0101;
  private static final int VERSION_OFFSET = 8;
  private static final int ALGORITHM_OFFSET = 10;
  private static final int KIND_OFFSET = 12;
  private static final int MEMORY_OFFSET = 16;
  private static final int PASSES_OFFSET = 20;
  private static final int LANES_OFFSET = 24;
  private static final int LENGTH_OFFSET = 28;
  private static final int SALT_OFFSET = 32;
  private static final int NONCE_OFFSET = 48;
  private static final int DIGEST_OFFSET = 64;

  private SealedKeyDescriptor() {}

  /// What a sealed key says of itself without the passphrase.
  ///
  /// @param salt of Argon2
  /// @param nonce of AES-GCM
  /// @param sealedBytes the encrypted form with its tag
  record Header(
      FormKind kind,
      ParameterDigest digest,
      StretchCost cost,
      byte[] salt,
      byte[] nonce,
      int sealedBytes) {}

  static boolean hasMagic(byte[] file) {
    return file.length >= MAGIC.length
        && Arrays.equals(file, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /// The first 100 bytes of a file.
  static byte[] write(Header header) {
    ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.put(0, MAGIC);
    out.putShort(VERSION_OFFSET, (short) VERSION);
    out.putShort(ALGORITHM_OFFSET, (short) ARGON2ID_AES_GCM);
    out.putShort(KIND_OFFSET, (short) header.kind().code());
    out.putInt(MEMORY_OFFSET, header.cost().memoryKib());
    out.putInt(PASSES_OFFSET, header.cost().passes());
    out.putInt(LANES_OFFSET, header.cost().lanes());
    out.putInt(LENGTH_OFFSET, header.sealedBytes());
    out.put(SALT_OFFSET, header.salt());
    out.put(NONCE_OFFSET, header.nonce());
    out.put(DIGEST_OFFSET, header.digest().bytes());
    out.putInt(AAD_BYTES, checksum(out.array(), AAD_BYTES));
    return out.array();
  }

  static int checksum(byte[] bytes, int count) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, count);
    return (int) crc.getValue();
  }

  /// Checks a whole file; what it returns is within all bounds.
  ///
  /// @param where names the file in messages
  static Header read(byte[] file, String where) throws CommandFailed {
    if (file.length < HEADER_BYTES + TAG_BYTES + TRAILER_BYTES) {
      throw damaged(where, file.length + " bytes, it is cut short");
    }
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (in.getInt(AAD_BYTES) != checksum(file, AAD_BYTES)) {
      throw damaged(where, "the checksum of its header does not match");
    }
    int version = Short.toUnsignedInt(in.getShort(VERSION_OFFSET));
    if (version != VERSION || in.getShort(ALGORITHM_OFFSET) != ARGON2ID_AES_GCM) {
      throw new CommandFailed(
          ExitCode.KEY_FILE_UNUSABLE,
          "%s: version %d of a sealed key (expected: %d); a newer release wrote it: update this one"
              .formatted(where, version, VERSION));
    }
    int sealed = in.getInt(LENGTH_OFFSET);
    if (sealed < TAG_BYTES
        || sealed > MOST_SEALED_BYTES
        || file.length != HEADER_BYTES + sealed + TRAILER_BYTES) {
      throw damaged(
          where, "%d bytes for a sealed key of %d, it is cut short".formatted(file.length, sealed));
    }
    int end = HEADER_BYTES + sealed;
    if (in.getInt(end) != checksum(file, end)) {
      throw damaged(where, "its checksum does not match");
    }
    StretchCost cost =
        StretchCost.ofFile(
            in.getInt(MEMORY_OFFSET), in.getInt(PASSES_OFFSET), in.getInt(LANES_OFFSET), where);
    return new Header(
        kind(Short.toUnsignedInt(in.getShort(KIND_OFFSET)), where),
        ParameterDigest.ofBytes("key", slice(file, DIGEST_OFFSET, ParameterDigest.BYTES)),
        cost,
        slice(file, SALT_OFFSET, SALT_BYTES),
        slice(file, NONCE_OFFSET, NONCE_BYTES),
        sealed);
  }

  private static FormKind kind(int code, String where) throws CommandFailed {
    for (FormKind kind : FormKind.values()) {
      if (kind.code() == code && kind.secret()) {
        return kind;
      }
    }
    throw damaged(where, "0x%04x is no kind of secret key".formatted(code));
  }

  private static byte[] slice(byte[] file, int from, int count) {
    return Arrays.copyOfRange(file, from, from + count);
  }

  static CommandFailed damaged(String where, String fact) {
    return new CommandFailed(
        ExitCode.KEY_FILE_DAMAGED,
        "%s: %s (expected: the bytes that 'cifer keys generate' wrote); restore it from a backup"
            .formatted(where, fact));
  }
}
