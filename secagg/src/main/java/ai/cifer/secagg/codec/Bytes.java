package ai.cifer.secagg.codec;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/// An immutable sequence of bytes that are not secret: hashes, signatures, public keys,
/// ciphertexts.
public final class Bytes {
  /// No bytes.
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private static final int SHOWN = 8;

  private final byte[] bytes;

  private Bytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /// Copies the array.
  public static Bytes of(byte[] bytes) {
    return new Bytes(bytes.clone());
  }

  /// As many zero bytes.
  public static Bytes zeros(int length) {
    return new Bytes(new byte[length]);
  }

  /// SHA-256 over the parts one after another.
  public static Bytes sha256(byte[]... parts) {
    MessageDigest sha = Hashing.sha256();
    for (byte[] part : parts) {
      sha.update(part);
    }
    return new Bytes(sha.digest());
  }

  public int length() {
    return bytes.length;
  }

  public byte get(int index) {
    return bytes[index];
  }

  /// A copy.
  public byte[] toByteArray() {
    return bytes.clone();
  }

  /// In constant time for equal lengths, as hashes of secrets may be compared too.
  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && MessageDigest.isEqual(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /// The first bytes in hexadecimal and the length.
  @Override
  public String toString() {
    String shown = HexFormat.of().formatHex(bytes, 0, Math.min(SHOWN, bytes.length));
    return bytes.length <= SHOWN ? shown : shown + "..(" + bytes.length + " bytes)";
  }
}
