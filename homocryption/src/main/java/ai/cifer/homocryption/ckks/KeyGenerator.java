package ai.cifer.homocryption.ckks;

import ai.cifer.homocryption.kernel.PrimeKernel;
import ai.cifer.homocryption.ring.AesCtrStream;
import ai.cifer.homocryption.ring.AesCtrStream.Purpose;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import ai.cifer.homocryption.rns.RnsSampler;
import ai.cifer.homocryption.rns.Rows;
import ai.cifer.homocryption.rns.SwitchingKey;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/// Draws keys. Every polynomial comes from an AES-256-CTR stream with a fresh seed of its own.
///
/// Thread-safe if the [SecureRandom] is.
public final class KeyGenerator {
  private final CkksParameters parameters;
  private final SecureRandom random;
  private final RnsRing ring;

  /// @param random a cryptographic generator
  public KeyGenerator(CkksParameters parameters, SecureRandom random) {
    this.parameters = parameters;
    this.random = random;
    this.ring = parameters.ring();
  }

  /// A secret key with uniform ternary coefficients.
  public CkksSecretKey secretKey() {
    double[] coefficients = new double[ring.degree()];
    byte[] seed = seed();
    try (var sampler = new RnsSampler(seed)) {
      sampler.ternary(Purpose.SECRET, 0, coefficients);
      return new CkksSecretKey(parameters, KeyId.random(random), coefficients);
    } finally {
      Arrays.fill(seed, (byte) 0);
      Arrays.fill(coefficients, 0);
    }
  }

  /// A public key of a secret key.
  public CkksPublicKey publicKey(CkksSecretKey secret) {
    Require.parameters(secret.parameters(), parameters);
    int[] primes = IntStream.range(0, ring.ciphertextPrimes()).toArray();
    byte[] publicSeed = seed();
    byte[] errorSeed = seed();
    try (var uniform = new RnsSampler(publicSeed);
        var errors = new RnsSampler(errorSeed)) {
      RnsPolynomial a = uniform.uniform(ring, primes, 0, false);
      RnsPolynomial b = masked(a, secret.transformed(), errors, 0);
      secret.requireOpen();
      return new CkksPublicKey(parameters, secret.keyId(), b, a, publicSeed);
    } finally {
      Arrays.fill(errorSeed, (byte) 0);
    }
  }

  /// The key for [CkksEvaluator#relinearize].
  public RelinearizationKey relinearizationKey(CkksSecretKey secret) {
    Require.parameters(secret.parameters(), parameters);
    RnsPolynomial s = secret.transformed();
    RnsPolynomial square = RnsPolynomial.zero(s.size(), ring.degree());
    for (int i = 0; i < s.size(); i++) {
      ring.kernel(i).multiply(s.row(i), s.row(i), square.row(i));
    }
    try {
      SwitchingKey key = switchingKey(square, s);
      secret.requireOpen();
      return new RelinearizationKey(parameters, secret.keyId(), key);
    } finally {
      square.clear();
    }
  }

  /// Keys for rotations to the left (negative: to the right), without conjugation.
  ///
  /// @param rotations steps; each costs one switching key
  public GaloisKeys galoisKeys(CkksSecretKey secret, int... rotations) {
    return galoisKeys(secret, Arrays.stream(rotations).boxed().toList(), false);
  }

  /// Keys for rotations to the left (negative: to the right), and for conjugation if wanted.
  public GaloisKeys galoisKeys(
      CkksSecretKey secret, Collection<Integer> rotations, boolean conjugation) {
    Require.parameters(secret.parameters(), parameters);
    Set<Long> elements = new LinkedHashSet<>();
    for (int steps : rotations) {
      elements.add(GaloisKeys.element(parameters, steps));
    }
    if (conjugation) {
      elements.add(GaloisKeys.conjugation(parameters));
    }
    elements.remove(1L);
    RnsPolynomial s = secret.transformed();
    Map<Long, SwitchingKey> keys = new HashMap<>();
    for (long element : elements) {
      RnsPolynomial target = ring.automorphism(s, inverse(element), Rows.SEQUENTIAL);
      try {
        keys.put(element, switchingKey(s, target));
      } finally {
        target.clear();
      }
    }
    secret.requireOpen();
    return new GaloisKeys(parameters, secret.keyId(), keys);
  }

  private long inverse(long element) {
    BigInteger order = BigInteger.valueOf(2L * ring.degree());
    return BigInteger.valueOf(element).modInverse(order).longValueExact();
  }

  /// `b_j = -a_j·target + e_j + P·g_j·source` for each digit.
  private SwitchingKey switchingKey(RnsPolynomial source, RnsPolynomial target) {
    int digits = parameters.digits();
    int alpha = ring.specialPrimes();
    int[] primes = IntStream.range(0, ring.primes()).toArray();
    BigInteger p = ring.product(ring.ciphertextPrimes(), ring.primes());
    RnsPolynomial[] b = new RnsPolynomial[digits];
    RnsPolynomial[] a = new RnsPolynomial[digits];
    byte[] publicSeed = seed();
    byte[] errorSeed = seed();
    try (var uniform = new RnsSampler(publicSeed);
        var errors = new RnsSampler(errorSeed)) {
      for (int digit = 0; digit < digits; digit++) {
        a[digit] = uniform.uniform(ring, primes, digit, true);
        b[digit] = masked(a[digit], target, errors, digit);
        int to = Math.min(ring.ciphertextPrimes(), (digit + 1) * alpha);
        for (int i = digit * alpha; i < to; i++) {
          ring.kernel(i).multiplyAdd(source.row(i), ring.constant(p, i), b[digit].row(i));
        }
      }
      return new SwitchingKey(b, a, publicSeed);
    } finally {
      Arrays.fill(errorSeed, (byte) 0);
    }
  }

  /// `-a·s + e` with the error number `block` of a stream.
  private RnsPolynomial masked(RnsPolynomial a, RnsPolynomial s, RnsSampler errors, long block) {
    double[] error = ring.buffers().take();
    double[] product = ring.buffers().take();
    errors.gaussian(Purpose.ERROR, 0, block, error);
    double[][] rows = new double[a.size()][];
    for (int i = 0; i < rows.length; i++) {
      PrimeKernel kernel = ring.kernel(i);
      rows[i] = error.clone();
      kernel.forward(rows[i]);
      kernel.multiply(a.row(i), s.row(i), product);
      kernel.subtract(rows[i], product, rows[i]);
    }
    ring.buffers().giveCleared(error);
    ring.buffers().giveCleared(product);
    return new RnsPolynomial(rows, a.extended());
  }

  private byte[] seed() {
    byte[] seed = new byte[AesCtrStream.SEED_BYTES];
    random.nextBytes(seed);
    return seed;
  }
}
