package ai.cifer.homocryption.paillier;

import ai.cifer.homocryption.codec.FormKind;
import ai.cifer.homocryption.format.FrameBody;
import ai.cifer.homocryption.format.FrameExpectation;
import ai.cifer.homocryption.format.FrameReader;
import ai.cifer.homocryption.format.Frames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// A non-interactive proof that `gcd(n, φ(n)) = 1`, so that n is square-free and every ciphertext
/// has exactly one plaintext.
///
/// S. Goldberg, L. Reyzin, O. Sagga, F. Baldimtsi, "Efficient Noninteractive Certification of RSA
/// Moduli and Beyond", ASIACRYPT 2019 (ePrint 2018/057), section 3.2: for challenges `ρ_i` hashed
/// from n, the owner shows the roots `σ_i = ρ_i^(1/n) mod n`, and the verifier checks `σ_i^n = ρ_i
/// mod n` and that n has no prime factor below α. If a prime r divides n and φ(n), then r >= α and
/// at most one number in r has an n-th root. With α = 2^16 and 8 challenges a false proof exists
/// with probability 2^-128 (hash as random oracle).
///
/// Zero knowledge: the roots of random numbers can be made without the key, by raising random σ to
/// the power n. It says nothing on how many primes n has or how large they are.
///
/// Body of the written form, version 1: σ_1 to σ_8, each in ⌈bits / 8⌉ bytes, little endian.
///
/// Immutable.
public final class PaillierKeyProof {
  private static final int VERSION = 1;

  /// α^8 = 2^128.
  private static final int CHALLENGES = 128 / ModulusChecks.SMALL_FACTOR_BITS;

  private final PaillierPublicKey key;
  private final List<BigInteger> roots;

  private PaillierKeyProof(PaillierPublicKey key, List<BigInteger> roots) {
    this.key = key;
    this.roots = List.copyOf(roots);
  }

  /// Proves.
  ///
  /// @param context what the proof is for, such as the names of owner and federation; the verifier
  ///   must give the same bytes, so that a proof cannot be presented elsewhere
  public static PaillierKeyProof create(PaillierSecretKey secret, byte[] context) {
    PaillierPublicKey key = secret.publicKey();
    Engine engine = Engine.of(PaillierBackend.best(), key);
    BigInteger p = secret.firstPrime();
    BigInteger q = secret.secondPrime();
    BigInteger n = key.modulus();
    BigInteger exponentP = n.modInverse(p.subtract(BigInteger.ONE));
    BigInteger exponentQ = n.modInverse(q.subtract(BigInteger.ONE));
    BigInteger inverse = q.modInverse(p);
    List<BigInteger> roots = new ArrayList<>();
    for (int i = 0; i < CHALLENGES; i++) {
      BigInteger challenge = challenge(key, context, i);
      BigInteger rootP = engine.power(challenge, exponentP, p.bitLength(), p);
      BigInteger rootQ = engine.power(challenge, exponentQ, q.bitLength(), q);
      BigInteger h = rootP.subtract(rootQ).multiply(inverse).mod(p);
      roots.add(rootQ.add(q.multiply(h)));
    }
    return new PaillierKeyProof(key, roots);
  }

  private static BigInteger challenge(PaillierPublicKey key, byte[] context, int index) {
    return Numbers.hash(
        "cifer-paillier-key-proof-v1",
        key.modulus(),
        key.modulus().toByteArray(),
        context,
        new byte[] {(byte) index});
  }

  /// Verifies for the key that the proof was read with. Takes 8 powers modulo n.
  ///
  /// @param context as given to [#create]
  /// @throws PaillierException.InvalidProof if it does not convince
  public void verify(byte[] context) {
    BigInteger n = key.modulus();
    if (ModulusChecks.hasSmallFactor(n)) {
      throw invalid("the modulus has a prime factor below 2^16", "none");
    }
    Engine engine = Engine.of(PaillierBackend.best(), key);
    for (int i = 0; i < CHALLENGES; i++) {
      BigInteger challenge = challenge(key, context, i);
      if (!challenge.gcd(n).equals(BigInteger.ONE)) {
        throw invalid("challenge " + i + " shares a factor with the modulus", "none");
      }
      if (!engine.power(roots.get(i), n, n.bitLength(), n).equals(challenge)) {
        throw invalid("root " + i + " is none of its challenge", "σ^n = ρ mod n");
      }
    }
  }

  private static PaillierException.InvalidProof invalid(String fact, String expected) {
    return new PaillierException.InvalidProof(
        "key proof: %s (expected: %s); do not use the key, ask its owner for a new one"
            .formatted(fact, expected));
  }

  /// Bytes of the written form.
  public int formBytes() {
    return Math.toIntExact(Frames.bytes(bodyBytes(key)));
  }

  private static int rootBytes(PaillierPublicKey key) {
    return (key.bits() + 7) / 8;
  }

  private static int bodyBytes(PaillierPublicKey key) {
    return CHALLENGES * rootBytes(key);
  }

  /// Writes the proof.
  public void write(OutputStream out) throws IOException {
    Frames.write(FormKind.PAILLIER_KEY_PROOF, VERSION, key.digest(), bodyBytes(key), out, body());
  }

  /// Writes the proof to a buffer with [#formBytes()] remaining.
  public void write(ByteBuffer out) {
    Frames.write(FormKind.PAILLIER_KEY_PROOF, VERSION, key.digest(), bodyBytes(key), out, body());
  }

  private FrameBody body() {
    return out -> {
      for (BigInteger root : roots) {
        out.writeNumber(root, rootBytes(key));
      }
    };
  }

  /// Reads a proof, which is not verified yet.
  ///
  /// @param key that it must be for
  public static PaillierKeyProof read(PaillierPublicKey key, InputStream in) throws IOException {
    return Frames.readWhole(in, expected(key), body -> decode(key, body));
  }

  /// Reads a proof from a buffer, which is not verified yet.
  public static PaillierKeyProof read(PaillierPublicKey key, ByteBuffer in) {
    return Frames.readWhole(in, expected(key), body -> decode(key, body));
  }

  private static FrameExpectation expected(PaillierPublicKey key) {
    return FrameExpectation.exactly(
        FormKind.PAILLIER_KEY_PROOF, VERSION, key.digest(), bodyBytes(key));
  }

  private static PaillierKeyProof decode(PaillierPublicKey key, FrameReader in) throws IOException {
    List<BigInteger> roots = new ArrayList<>();
    for (int i = 0; i < CHALLENGES; i++) {
      BigInteger root = in.readNumber(rootBytes(key));
      if (root.signum() == 0 || root.compareTo(key.modulus()) >= 0) {
        throw in.malformed("root " + i, "0, or n or above", "0 < σ < n");
      }
      roots.add(root);
    }
    return new PaillierKeyProof(key, roots);
  }

  /// Names the key only.
  @Override
  public String toString() {
    return "PaillierKeyProof for " + key.digest();
  }
}
