package ai.cifer.homocryption.paillier;

import ai.cifer.homocryption.codec.FormKind;
import ai.cifer.homocryption.codec.FormatException;
import ai.cifer.homocryption.codec.ParameterDigest;
import ai.cifer.homocryption.format.FrameExpectation;
import ai.cifer.homocryption.format.FrameReader;
import ai.cifer.homocryption.format.Frames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/// A public key: the modulus n. The base of encryption is 1 + n, and the element h whose powers
/// hide messages follows from n by a hash ([#maskBase]), so nobody chose it and it needs no proof.
///
/// A key from another organisation is checked when it is made or read: 3072 to 4096 bits, odd, no
/// prime factor below 2^16, no perfect power, neither prime nor a Carmichael number, no close
/// factors. Ask its owner for a [PaillierKeyProof] too: only that shows `gcd(n, φ(n)) = 1`, without
/// which a ciphertext can decrypt to something else than was encrypted.
///
/// Body of the written form, version 1, little endian:
///
/// ```
///      +---------------------+-----------------------------------+
///      | u32 bits of n       | n, ⌈bits / 8⌉ bytes               |
///      +---------------------+-----------------------------------+
/// ```
public final class PaillierPublicKey {
  /// The least and default size of a key: 128 bits of security (NIST SP 800-57 part 1, table 2).
  public static final int DEFAULT_BITS = 3072;

  /// The least size that can be asked for explicitly: 112 bits of security.
  public static final int LEAST_BITS = 2048;

  /// The largest size.
  public static final int MOST_BITS = 4096;

  private static final int VERSION = 1;

  private final BigInteger n;
  private final BigInteger square;
  private final ParameterDigest digest;

  private PaillierPublicKey(BigInteger n) {
    this.n = n;
    this.square = n.multiply(n);
    this.digest =
        ParameterDigest.of(
            "the Paillier key of " + n.bitLength() + " bits", "paillier", n.toByteArray());
  }

  /// A key of somebody else, of 3072 bits or more. Takes some 30 ms for the checks.
  ///
  /// @throws PaillierException.InvalidKey if a check fails
  public static PaillierPublicKey of(BigInteger modulus) {
    return ofAtLeast(DEFAULT_BITS, modulus);
  }

  /// As [#of], for interoperability with smaller keys.
  ///
  /// @param leastBits 2048 to 4096
  public static PaillierPublicKey ofAtLeast(int leastBits, BigInteger modulus) {
    if (leastBits < LEAST_BITS || leastBits > MOST_BITS) {
      throw new IllegalArgumentException(
          "least bits: %d (expected: %d to %d)".formatted(leastBits, LEAST_BITS, MOST_BITS));
    }
    ModulusChecks.require(modulus, leastBits, MOST_BITS);
    return new PaillierPublicKey(modulus);
  }

  /// The key of two primes that were checked; of any size, for tests of the arithmetic.
  static PaillierPublicKey unchecked(BigInteger modulus) {
    return new PaillierPublicKey(modulus);
  }

  /// n. Plaintexts are in [0, n).
  public BigInteger modulus() {
    return n;
  }

  /// n². Ciphertexts are in (0, n²).
  BigInteger modulusSquared() {
    return square;
  }

  /// Bits of n.
  public int bits() {
    return n.bitLength();
  }

  /// Bytes of a ciphertext's number.
  int ciphertextBytes() {
    return (square.bitLength() + 7) / 8;
  }

  /// What stands in the header of every form that belongs to this key.
  public ParameterDigest digest() {
    return digest;
  }

  /// `h = -x² mod n` for x hashed from n: by the choice of p = q = 3 mod 4 its powers are, with
  /// overwhelming probability, all numbers of Jacobi symbol 1 (Damgård, Jurik, Nielsen 2010). Under
  /// another owner's primes its order is still large: fewer than B² numbers modulo p have an order
  /// below B.
  BigInteger maskBase() {
    BigInteger x = Numbers.hash("cifer-paillier-h-v1", n, n.toByteArray());
    if (!x.gcd(n).equals(BigInteger.ONE)) {
      throw new PaillierException.InvalidKey(
          "modulus: a hash shares a factor with it (expected: none); ask for a new public key");
    }
    return x.multiply(x).negate().mod(n);
  }

  void requireSame(PaillierPublicKey other, String what) {
    if (!equals(other)) {
      throw new PaillierException.WrongKey(
          "key of the %s: digest %s (expected: %s); use the key under which it was encrypted"
              .formatted(what, other.digest.shortHex(), digest.shortHex()));
    }
  }

  /// Bytes of the written form.
  public int formBytes() {
    return Math.toIntExact(Frames.bytes(bodyBytes(bits())));
  }

  private static int bodyBytes(int bits) {
    return Integer.BYTES + (bits + 7) / 8;
  }

  /// Writes the key.
  public void write(OutputStream out) throws IOException {
    Frames.write(
        FormKind.PAILLIER_PUBLIC_KEY,
        VERSION,
        digest,
        bodyBytes(bits()),
        out,
        body -> {
          body.writeInt(bits());
          body.writeNumber(n, (bits() + 7) / 8);
        });
  }

  /// Writes the key to a buffer with [#formBytes()] remaining.
  public void write(ByteBuffer out) {
    Frames.write(
        FormKind.PAILLIER_PUBLIC_KEY,
        VERSION,
        digest,
        bodyBytes(bits()),
        out,
        body -> {
          body.writeInt(bits());
          body.writeNumber(n, (bits() + 7) / 8);
        });
  }

  /// Reads a key of 3072 bits or more and checks it as [#of] does.
  ///
  /// @throws FormatException if the bytes are no public key
  /// @throws PaillierException.InvalidKey if its modulus is refused
  public static PaillierPublicKey read(InputStream in) throws IOException {
    return Frames.readWhole(in, expected(), body -> decode(body, DEFAULT_BITS));
  }

  /// Reads a key of 3072 bits or more from a buffer and checks it as [#of] does.
  public static PaillierPublicKey read(ByteBuffer in) {
    return readAtLeast(DEFAULT_BITS, in);
  }

  /// As [#read(ByteBuffer)], for interoperability with smaller keys.
  public static PaillierPublicKey readAtLeast(int leastBits, ByteBuffer in) {
    return Frames.readWhole(in, expected(), body -> decode(body, leastBits));
  }

  private static FrameExpectation expected() {
    return new FrameExpectation(
        FormKind.PAILLIER_PUBLIC_KEY, VERSION, null, bodyBytes(LEAST_BITS), bodyBytes(MOST_BITS));
  }

  private static PaillierPublicKey decode(FrameReader in, int leastBits) throws IOException {
    int bits = in.readInt("bits", LEAST_BITS, MOST_BITS);
    BigInteger n = in.readNumber((bits + 7) / 8);
    if (n.bitLength() != bits) {
      throw in.malformed("modulus", n.bitLength() + " bits", bits + ", as announced");
    }
    if (!new PaillierPublicKey(n).digest.equals(in.header().digest())) {
      throw in.malformed("digest", in.header().digest().shortHex(), "that of the modulus");
    }
    return ofAtLeast(leastBits, n);
  }

  /// True for the same modulus.
  @Override
  public boolean equals(Object other) {
    return other instanceof PaillierPublicKey that && n.equals(that.n);
  }

  @Override
  public int hashCode() {
    return n.hashCode();
  }

  @Override
  public String toString() {
    return "PaillierPublicKey(" + bits() + " bits, digest " + digest.shortHex() + ")";
  }
}
