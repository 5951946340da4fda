package ai.cifer.homocryption.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// The SHA-256 of a parameter set, or of the public key that a form belongs to. It stands in every
/// form's header, so that bytes are never read under parameters that they were not made for.
///
/// ```
/// SHA-256( "cifer-parameters-v1" | u32 length of scheme | scheme, UTF-8 |
///          u32 number of parts | for each part: u64 length | bytes )          little endian
/// ```
///
/// A part that is a number is its 8 bytes. Two digests are equal if their 32 bytes are; the label
/// is for messages only.
public final class ParameterDigest {
  /// Bytes of a digest.
  public static final int BYTES = 32;

  private static final byte[] DOMAIN = "cifer-parameters-v1".getBytes(StandardCharsets.US_ASCII);

  private final String label;
  private final byte[] bytes;

  private ParameterDigest(String label, byte[] bytes) {
    this.label = label;
    this.bytes = bytes;
  }

  /// The digest of numbers.
  ///
  /// @param label what messages call these parameters, such as `CKKS C14`
  /// @param scheme separates the schemes, such as `ckks`
  /// @param numbers all that distinguishes two parameter sets, in a fixed order
  public static ParameterDigest of(String label, String scheme, long... numbers) {
    byte[][] parts = new byte[numbers.length][];
    for (int i = 0; i < numbers.length; i++) {
      parts[i] = little(Long.BYTES).putLong(numbers[i]).array();
    }
    return of(label, scheme, parts);
  }

  /// The digest of byte strings; see [#of(String, String, long...)].
  public static ParameterDigest of(String label, String scheme, byte[]... parts) {
    MessageDigest sha = sha256();
    byte[] name = scheme.getBytes(StandardCharsets.UTF_8);
    sha.update(DOMAIN);
    sha.update(little(Integer.BYTES).putInt(name.length).array());
    sha.update(name);
    sha.update(little(Integer.BYTES).putInt(parts.length).array());
    for (byte[] part : parts) {
      sha.update(little(Long.BYTES).putLong(part.length).array());
      sha.update(part);
    }
    return new ParameterDigest(label, sha.digest());
  }

  /// The digest that stands in a header.
  ///
  /// @param bytes exactly 32; copied
  public static ParameterDigest ofBytes(String label, byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException(
          "digest: " + bytes.length + " bytes (expected: " + BYTES + ")");
    }
    return new ParameterDigest(label, bytes.clone());
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256: absent (expected: in every JDK)", e);
    }
  }

  /// What messages call the parameters.
  public String label() {
    return label;
  }

  /// A copy of the 32 bytes.
  public byte[] bytes() {
    return bytes.clone();
  }

  /// The first 8 bytes in hexadecimal.
  public String shortHex() {
    return HexFormat.of().formatHex(bytes, 0, 8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ParameterDigest that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return label + " " + shortHex();
  }
}
