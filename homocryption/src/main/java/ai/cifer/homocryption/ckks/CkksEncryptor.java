package ai.cifer.homocryption.ckks;

import ai.cifer.homocryption.kernel.PrimeKernel;
import ai.cifer.homocryption.ring.AesCtrStream;
import ai.cifer.homocryption.ring.AesCtrStream.Purpose;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import ai.cifer.homocryption.rns.RnsSampler;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Encrypts plaintexts, under the public key or, for a holder of the secret key, in the seeded form
/// that needs half the bytes.
///
/// **Guarantees**: indistinguishability under chosen plaintexts (IND-CPA) from the hardness of
/// RLWE. **Does not guarantee**: integrity (ciphertexts can be changed and combined), nor security
/// against who sees decryptions; see [CkksDecryptor].
///
/// Every encryption takes a fresh 256-bit seed. Thread-safe if the [SecureRandom] is.
public final class CkksEncryptor {
  private final CkksPublicKey publicKey;
  private final @Nullable CkksSecretKey secretKey;
  private final SecureRandom random;

  /// An encryptor for anybody.
  public CkksEncryptor(CkksPublicKey publicKey, SecureRandom random) {
    this.publicKey = publicKey;
    this.secretKey = null;
    this.random = random;
  }

  /// An encryptor that can also make the seeded form; the secret key stays the caller's.
  public CkksEncryptor(CkksPublicKey publicKey, CkksSecretKey secretKey, SecureRandom random) {
    Require.parameters(secretKey.parameters(), publicKey.parameters());
    Require.key(secretKey.keyId(), publicKey.keyId());
    this.publicKey = publicKey;
    this.secretKey = secretKey;
    this.random = random;
  }

  /// Encrypts under the public key: `(b·u + e_0 + m, a·u + e_1)`, u ternary.
  ///
  /// Error: `e·u + e_0 + e_1·s`, a standard deviation of `3.19·sqrt(4N/3 + 1)` in each coefficient.
  /// Cost: `3k` transforms for k primes; allocates one ciphertext.
  ///
  /// @param plaintext not modified
  /// @return the plaintext's level and scale
  public CkksCiphertext encrypt(CkksPlaintext plaintext) {
    CkksParameters parameters = publicKey.parameters();
    Require.parameters(plaintext.parameters(), parameters);
    RnsRing ring = parameters.ring();
    int primes = plaintext.polynomial().size();
    double[][] c0 = new double[primes][ring.degree()];
    double[][] c1 = new double[primes][ring.degree()];
    double[][] small = ring.buffers().take(3);
    double[] u = ring.buffers().take();
    byte[] seed = seed();
    try (var sampler = new RnsSampler(seed)) {
      sampler.ternary(Purpose.SECRET, 0, small[0]);
      sampler.gaussian(Purpose.ERROR, 0, 0, small[1]);
      sampler.gaussian(Purpose.ERROR, 0, 1, small[2]);
      for (int i = 0; i < primes; i++) {
        PrimeKernel kernel = ring.kernel(i);
        transform(kernel, small[0], u);
        transform(kernel, small[1], c0[i]);
        transform(kernel, small[2], c1[i]);
        kernel.multiplyAdd(publicKey.b().row(i), u, c0[i]);
        kernel.multiplyAdd(publicKey.a().row(i), u, c1[i]);
        kernel.add(c0[i], plaintext.polynomial().row(i), c0[i]);
      }
    } finally {
      Arrays.fill(seed, (byte) 0);
      ring.buffers().giveCleared(u);
      for (double[] row : small) {
        ring.buffers().giveCleared(row);
      }
    }
    return new CkksCiphertext(
        parameters,
        publicKey.keyId(),
        List.of(new RnsPolynomial(c0), new RnsPolynomial(c1)),
        plaintext.level(),
        plaintext.scale());
  }

  /// Encrypts under the secret key: `(-a·s + e + m, a)`, where `a` is the expansion of a public
  /// seed, so that the stored form is half as large.
  ///
  /// Error: e, a standard deviation of 3.19 in each coefficient. Cost: k transforms for k primes;
  /// allocates one ciphertext.
  ///
  /// @param plaintext not modified
  /// @return the plaintext's level and scale
  /// @throws MissingKey if the encryptor has no secret key
  public CkksCiphertext encryptSeeded(CkksPlaintext plaintext) {
    CkksSecretKey secret = secretKey;
    if (secret == null) {
      throw new MissingKey(
          "seeded encryption: no secret key (expected: an encryptor made with it); use encrypt");
    }
    CkksParameters parameters = publicKey.parameters();
    Require.parameters(plaintext.parameters(), parameters);
    RnsRing ring = parameters.ring();
    int primes = plaintext.polynomial().size();
    double[][] c0 = new double[primes][ring.degree()];
    double[] error = ring.buffers().take();
    double[] product = ring.buffers().take();
    byte[] publicSeed = seed();
    byte[] errorSeed = seed();
    RnsPolynomial s = secret.transformed();
    try (var uniform = new RnsSampler(publicSeed);
        var errors = new RnsSampler(errorSeed)) {
      RnsPolynomial c1 = uniform.uniform(ring, IntStream.range(0, primes).toArray(), 0, false);
      errors.gaussian(Purpose.ERROR, 0, 0, error);
      for (int i = 0; i < primes; i++) {
        PrimeKernel kernel = ring.kernel(i);
        transform(kernel, error, c0[i]);
        kernel.add(c0[i], plaintext.polynomial().row(i), c0[i]);
        kernel.multiply(c1.row(i), s.row(i), product);
        kernel.subtract(c0[i], product, c0[i]);
      }
      secret.requireOpen();
      return new CkksCiphertext(
          parameters,
          publicKey.keyId(),
          List.of(new RnsPolynomial(c0), c1),
          plaintext.level(),
          plaintext.scale(),
          publicSeed);
    } finally {
      Arrays.fill(errorSeed, (byte) 0);
      ring.buffers().giveCleared(error);
      ring.buffers().giveCleared(product);
    }
  }

  private static void transform(PrimeKernel kernel, double[] small, double[] out) {
    System.arraycopy(small, 0, out, 0, out.length);
    kernel.forward(out);
  }

  private byte[] seed() {
    byte[] seed = new byte[AesCtrStream.SEED_BYTES];
    random.nextBytes(seed);
    return seed;
  }
}
