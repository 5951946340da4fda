package ai.cifer.homocryption.paillier;

import ai.cifer.homocryption.codec.FormKind;
import ai.cifer.homocryption.codec.SecretKeyAccess;
import ai.cifer.homocryption.format.FrameExpectation;
import ai.cifer.homocryption.format.FrameReader;
import ai.cifer.homocryption.format.FrameWriter;
import ai.cifer.homocryption.format.Frames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.SecureRandom;

/// A secret key: the primes p and q of n.
///
/// The primes lie outside the Java heap and are zeroed by [#close()]. Not covered: `BigInteger`
/// copies that exist while a key is made, read, written or handed to a [PaillierDecryptor], which
/// the garbage collector frees when it likes; crash dumps; swap.
///
/// Body of the written form, version 1, little endian; whoever reads it owns the key:
///
/// ```
///      +----------------+------------------------+------------------------+
///      | u32 bits of n  | p, ⌈bits / 16⌉ bytes   | q, ⌈bits / 16⌉ bytes   |
///      +----------------+------------------------+------------------------+
/// ```
///
/// Thread-safe.
public final class PaillierSecretKey implements AutoCloseable {
  private static final int VERSION = 1;

  /// FIPS 186-5, A.1.1: |p - q| > 2^(bits/2 - 100).
  private static final int DIFFERENCE = 100;

  private final PaillierPublicKey publicKey;
  private final Limbs secrets = Limbs.shared();
  private final MemorySegment p;
  private final MemorySegment q;
  private boolean closed;

  private PaillierSecretKey(BigInteger p, BigInteger q) {
    this.publicKey = PaillierPublicKey.unchecked(p.multiply(q));
    this.p = secrets.of(p, Limbs.count(p.bitLength()));
    this.q = secrets.of(q, Limbs.count(q.bitLength()));
  }

  /// Draws a key of 3072 bits. Takes about a second.
  ///
  /// @param random a cryptographic generator
  public static PaillierSecretKey generate(SecureRandom random) {
    return generate(PaillierPublicKey.DEFAULT_BITS, random);
  }

  /// Draws a key: two primes that are 3 modulo 4, of half the bits, far from each other.
  ///
  /// @param bits 2048 to 4096, a multiple of 128; fewer than 3072 give less than 128 bits of
  ///   security
  /// @param random a cryptographic generator
  public static PaillierSecretKey generate(int bits, SecureRandom random) {
    if (bits < PaillierPublicKey.LEAST_BITS
        || bits > PaillierPublicKey.MOST_BITS
        || bits % 128 != 0) {
      throw new IllegalArgumentException(
          "bits: %d (expected: a multiple of 128 from %d to %d)"
              .formatted(bits, PaillierPublicKey.LEAST_BITS, PaillierPublicKey.MOST_BITS));
    }
    while (true) {
      BigInteger p = PrimeSearch.draw(bits / 2, random);
      BigInteger q = PrimeSearch.draw(bits / 2, random);
      if (p.subtract(q).abs().bitLength() > bits / 2 - DIFFERENCE) {
        return tested(p, q);
      }
    }
  }

  /// A key of two given primes, such as one that another library made.
  ///
  /// @param access that the caller may hold a secret key's numbers
  /// @throws PaillierException.InvalidKey if they are no key: not prime, of different sizes, too
  ///   close
  public static PaillierSecretKey of(SecretKeyAccess access, BigInteger p, BigInteger q) {
    java.util.Objects.requireNonNull(access, "access");
    return checked(p, q);
  }

  private static PaillierSecretKey checked(BigInteger p, BigInteger q) {
    int bits = p.bitLength();
    if (p.signum() <= 0
        || q.signum() <= 0
        || bits != q.bitLength()
        || p.multiply(q).bitLength() < PaillierPublicKey.LEAST_BITS
        || p.multiply(q).bitLength() > PaillierPublicKey.MOST_BITS) {
      throw invalid("sizes", "two primes of equal size, 2048 to 4096 bits together");
    }
    if (p.subtract(q).abs().bitLength() <= bits - DIFFERENCE) {
      throw invalid("distance", "|p - q| > 2^(bits/2 - 100)");
    }
    if (!PrimeSearch.isPrime(p) || !PrimeSearch.isPrime(q)) {
      throw invalid("primality", "two primes");
    }
    return tested(p, q);
  }

  /// The key, after it encrypted and decrypted one message.
  private static PaillierSecretKey tested(BigInteger p, BigInteger q) {
    PaillierSecretKey key = new PaillierSecretKey(p, q);
    BigInteger n = key.publicKey.modulus();
    BigInteger square = key.publicKey.modulusSquared();
    BigInteger message = Numbers.hash("cifer-paillier-self-test-v1", n, n.toByteArray());
    BigInteger mask = key.publicKey.maskBase().modPow(n, square);
    BigInteger c = message.multiply(n).add(BigInteger.ONE).multiply(mask).mod(square);
    try (CrtDecryption decryption = new BigIntegerDecryption(key)) {
      if (!decryption.decrypt(c, BigInteger.ONE, BigInteger.ONE).equals(message)) {
        key.close();
        throw invalid("self-test", "decryption gives what was encrypted");
      }
    }
    return key;
  }

  private static PaillierException.InvalidKey invalid(String fact, String expected) {
    return new PaillierException.InvalidKey(
        "secret key: %s fails (expected: %s); generate a new key".formatted(fact, expected));
  }

  /// A key of small primes, for known answers.
  static PaillierSecretKey ofSmallPrimes(BigInteger p, BigInteger q) {
    return new PaillierSecretKey(p, q);
  }

  /// The public half.
  public PaillierPublicKey publicKey() {
    return publicKey;
  }

  /// A copy of p on the heap.
  synchronized BigInteger firstPrime() {
    requireOpen();
    return Limbs.load(p);
  }

  /// A copy of q on the heap.
  synchronized BigInteger secondPrime() {
    requireOpen();
    return Limbs.load(q);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("secret key: closed (expected: open); read it again");
    }
  }

  /// Bytes of the written form.
  public int formBytes() {
    return Math.toIntExact(Frames.bytes(bodyBytes(publicKey.bits())));
  }

  private static int bodyBytes(int bits) {
    return Integer.BYTES + 2 * primeBytes(bits);
  }

  private static int primeBytes(int bits) {
    return (bits + 15) / 16;
  }

  /// Writes the key, **unencrypted**.
  public void write(SecretKeyAccess access, OutputStream out) throws IOException {
    Frames.writeSecret(
        access,
        FormKind.PAILLIER_SECRET_KEY,
        VERSION,
        publicKey.digest(),
        bodyBytes(publicKey.bits()),
        out,
        this::encode);
  }

  /// Writes the key, **unencrypted**, to a buffer with [#formBytes()] remaining. Zero it after use.
  public void write(SecretKeyAccess access, ByteBuffer out) {
    Frames.writeSecret(
        access,
        FormKind.PAILLIER_SECRET_KEY,
        VERSION,
        publicKey.digest(),
        bodyBytes(publicKey.bits()),
        out,
        this::encode);
  }

  private void encode(FrameWriter out) throws IOException {
    int bytes = primeBytes(publicKey.bits());
    out.writeInt(publicKey.bits());
    out.writeNumber(firstPrime(), bytes);
    out.writeNumber(secondPrime(), bytes);
  }

  /// Reads a key and checks it: primality, sizes, distance, self-test.
  ///
  /// @throws ai.cifer.homocryption.codec.FormatException if the bytes are no secret key
  /// @throws PaillierException.InvalidKey if its numbers are no key
  public static PaillierSecretKey read(SecretKeyAccess access, InputStream in) throws IOException {
    return Frames.readSecret(access, in, expected(), PaillierSecretKey::decode);
  }

  /// Reads a key from a buffer; see [#read(SecretKeyAccess, InputStream)].
  public static PaillierSecretKey read(SecretKeyAccess access, ByteBuffer in) {
    return Frames.readSecret(access, in, expected(), PaillierSecretKey::decode);
  }

  private static FrameExpectation expected() {
    return new FrameExpectation(
        FormKind.PAILLIER_SECRET_KEY,
        VERSION,
        null,
        bodyBytes(PaillierPublicKey.LEAST_BITS),
        bodyBytes(PaillierPublicKey.MOST_BITS));
  }

  private static PaillierSecretKey decode(FrameReader in) throws IOException {
    int bits = in.readInt("bits", PaillierPublicKey.LEAST_BITS, PaillierPublicKey.MOST_BITS);
    BigInteger p = in.readNumber(primeBytes(bits));
    BigInteger q = in.readNumber(primeBytes(bits));
    PaillierPublicKey claimed = PaillierPublicKey.unchecked(p.multiply(q));
    if (claimed.bits() != bits || !claimed.digest().equals(in.header().digest())) {
      throw in.malformed("modulus", "another than the header's", "the product of its primes");
    }
    return checked(p, q);
  }

  /// Zeroes and frees the primes; later calls do nothing.
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      secrets.close();
    }
  }

  /// The memory of p, for the test that it is zeroed.
  MemorySegment memory() {
    return p;
  }

  /// Zeroes without freeing, for the test that looks.
  void zero() {
    secrets.zero();
  }

  /// Names the public half only.
  @Override
  public String toString() {
    return "PaillierSecretKey of " + publicKey.digest();
  }
}
