package ai.cifer.homocryption.ckks;

import ai.cifer.homocryption.codec.ParameterDigest;
import ai.cifer.homocryption.rns.KeySwitching;
import ai.cifer.homocryption.rns.ModulusDrop;
import ai.cifer.homocryption.rns.RnsRing;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A CKKS parameter set: degree N, ciphertext primes `q_0 … `, special primes, scales.
///
/// A ciphertext of level l is a polynomial pair modulo the base primes and the primes of the levels
/// 1 to l; it can be rescaled l times. At every level there is one canonical scale, [#scale], that
/// `Δ` at the top level leads to by squaring and rescaling: `scale(l-1) = scale(l)²/q_l`.
///
/// Every set is checked when it is made: the exact number of bits of QP may not exceed the cap for
/// 128 bits of security with ternary secrets of the Security Guidelines of 2024 [1]. There is no
/// way around the check.
///
/// Immutable. Sets with the same numbers are equal whatever their names.
///
/// [1] <https://eprint.iacr.org/2024/463>, table of ternary secrets
public final class CkksParameters {
  /// log2 of N to the largest number of bits of QP.
  private static final Map<Integer, Integer> CAPS =
      Map.of(10, 26, 11, 53, 12, 106, 13, 214, 14, 430, 15, 868, 16, 1747);

  private static final Map<Preset, CkksParameters> PRESETS = new ConcurrentHashMap<>();

  private final String name;
  private final int logDegree;
  private final int basePrimes;
  private final int primesPerLevel;
  private final int depth;
  private final ModulusChain chain;
  private final int[] sizes;
  private final ParameterDigest digest;
  private volatile @Nullable RnsRing ring;
  private @Nullable KeySwitching keySwitching;
  private @Nullable ModulusDrop modulusDrop;

  private CkksParameters(
      String name,
      int logDegree,
      int basePrimes,
      int primesPerLevel,
      ModulusChain chain,
      int... sizes) {
    this.name = name;
    this.sizes = sizes;
    this.logDegree = logDegree;
    this.basePrimes = basePrimes;
    this.primesPerLevel = primesPerLevel;
    this.chain = chain;
    this.depth = chain.scales.length - 1;
    requireSpecialPrimesCoverDigits();
    this.digest = computeDigest();
  }

  /// A preset.
  public static CkksParameters of(Preset preset) {
    return PRESETS.computeIfAbsent(
        preset,
        p ->
            new Builder()
                .name(p.name())
                .logDegree(p.logDegree)
                .basePrimes(p.basePrimes, p.baseBits)
                .scalePrimeBits(p.scalePrimeBits)
                .primesPerLevel(p.primesPerLevel)
                .depth(p.depth)
                .specialPrimes(p.specialPrimes, p.specialBits)
                .build());
  }

  /// A set of one's own.
  public static Builder builder() {
    return new Builder();
  }

  /// The largest number of bits of QP for a degree.
  ///
  /// @param logDegree 10 to 16
  public static int securityCapBits(int logDegree) {
    Integer cap = CAPS.get(logDegree);
    if (cap == null) {
      throw new IllegalArgumentException("log_degree: " + logDegree + " (expected: 10 to 16)");
    }
    return cap;
  }

  /// For tests on rings too small for security; package-private, used by test sources only.
  static CkksParameters unchecked(Builder builder) {
    return builder.unchecked();
  }

  private void requireSpecialPrimesCoverDigits() {
    BigInteger special = BigInteger.ONE;
    for (long p : chain.specialPrimes) {
      special = special.multiply(BigInteger.valueOf(p));
    }
    int alpha = chain.specialPrimes.length;
    long[] q = chain.ciphertextPrimes;
    for (int from = 0; from < q.length; from += alpha) {
      BigInteger digit = BigInteger.ONE;
      for (int i = from; i < Math.min(q.length, from + alpha); i++) {
        digit = digit.multiply(BigInteger.valueOf(q[i]));
      }
      if (digit.compareTo(special) > 0) {
        throw new IllegalArgumentException(
            "special_primes: "
                + special.bitLength()
                + " bits (expected: at least "
                + digit.bitLength()
                + " bits, the size of a digit of "
                + alpha
                + " ciphertext primes)");
      }
    }
  }

  private ParameterDigest computeDigest() {
    long[] q = chain.ciphertextPrimes;
    long[] p = chain.specialPrimes;
    long[] numbers = new long[6 + q.length + p.length];
    numbers[0] = logDegree;
    numbers[1] = basePrimes;
    numbers[2] = primesPerLevel;
    numbers[3] = depth;
    numbers[4] = p.length;
    numbers[5] = Double.doubleToLongBits(chain.scales[depth]);
    System.arraycopy(q, 0, numbers, 6, q.length);
    System.arraycopy(p, 0, numbers, 6 + q.length, p.length);
    return ParameterDigest.of("CKKS " + name, "ckks", numbers);
  }

  /// The name of the preset, or of one's own choice.
  public String name() {
    return name;
  }

  /// log2 N.
  public int logDegree() {
    return logDegree;
  }

  /// N.
  public int degree() {
    return 1 << logDegree;
  }

  /// Values in a ciphertext, N/2.
  public int slots() {
    return degree() / 2;
  }

  /// The top level: how often a fresh ciphertext can be rescaled.
  public int depth() {
    return depth;
  }

  /// Primes that one rescaling drops: 1, or 2 with composite scaling.
  public int primesPerLevel() {
    return primesPerLevel;
  }

  /// Number of the primes of a ciphertext.
  ///
  /// @param level 0 to depth
  public int primes(int level) {
    if (level < 0 || level > depth) {
      throw new IllegalArgumentException("level: " + level + " (expected: 0 to " + depth + ")");
    }
    return basePrimes + level * primesPerLevel;
  }

  /// Ciphertext prime number `index`.
  public long prime(int index) {
    return chain.ciphertextPrimes[index];
  }

  /// Number of special primes.
  public int specialPrimes() {
    return chain.specialPrimes.length;
  }

  /// Special prime number `index`.
  public long specialPrime(int index) {
    return chain.specialPrimes[index];
  }

  /// Digits of a key switched at the top level.
  public int digits() {
    return (chain.ciphertextPrimes.length + specialPrimes() - 1) / specialPrimes();
  }

  /// The scale Δ of fresh ciphertexts.
  public double scale() {
    return chain.scales[depth];
  }

  /// The canonical scale of a level.
  ///
  /// @param level 0 to depth
  public double scale(int level) {
    if (level < 0 || level > depth) {
      throw new IllegalArgumentException("level: " + level + " (expected: 0 to " + depth + ")");
    }
    return chain.scales[level];
  }

  /// What rescaling from a level divides by: the product of that level's primes.
  ///
  /// @param level 1 to depth
  public double rescaleDivisor(int level) {
    if (level < 1 || level > depth) {
      throw new IllegalArgumentException("level: " + level + " (expected: 1 to " + depth + ")");
    }
    double product = 1;
    for (int i = primes(level - 1); i < primes(level); i++) {
      product *= (double) chain.ciphertextPrimes[i];
    }
    return product;
  }

  /// `Q` of a level.
  public BigInteger modulus(int level) {
    BigInteger q = BigInteger.ONE;
    for (int i = 0; i < primes(level); i++) {
      q = q.multiply(BigInteger.valueOf(prime(i)));
    }
    return q;
  }

  /// log2 of `Q` of a level.
  public double logModulus(int level) {
    double sum = 0;
    for (int i = 0; i < primes(level); i++) {
      sum += Math.log((double) prime(i));
    }
    return sum / Math.log(2);
  }

  /// `QP`, the largest modulus under which anything is published.
  public BigInteger largestModulus() {
    BigInteger qp = modulus(depth);
    for (long p : chain.specialPrimes) {
      qp = qp.multiply(BigInteger.valueOf(p));
    }
    return qp;
  }

  /// Exact number of bits of QP.
  public int totalBits() {
    return largestModulus().bitLength();
  }

  /// SHA-256 of all numbers of the set, 32 bytes: its identity in files and messages.
  public byte[] digest() {
    return digest.bytes();
  }

  /// The same as a value.
  public ParameterDigest parameterDigest() {
    return digest;
  }

  /// What the builder was told, in the order of the byte form.
  int[] sizes() {
    return sizes.clone();
  }

  /// Writes the set; about 90 bytes.
  public void write(OutputStream out) throws IOException {
    CkksParametersForm.write(this, out);
  }

  /// Reads a set, and checks its security as [Builder#build] does.
  ///
  /// @param in left after the form
  /// @throws ai.cifer.homocryption.codec.FormatException if the bytes are no secure parameter set
  public static CkksParameters read(InputStream in) throws IOException {
    return CkksParametersForm.read(in);
  }

  /// The tables of the set, made at first use.
  @SuppressWarnings("exports")
  public RnsRing ring() {
    RnsRing made = ring;
    return made != null ? made : makeRing();
  }

  private synchronized RnsRing makeRing() {
    RnsRing made = ring;
    if (made == null) {
      long[] q = chain.ciphertextPrimes;
      long[] p = chain.specialPrimes;
      long[] all = new long[q.length + p.length];
      System.arraycopy(q, 0, all, 0, q.length);
      System.arraycopy(p, 0, all, q.length, p.length);
      made = new RnsRing(degree(), all, p.length);
      ring = made;
    }
    return made;
  }

  /// The key switching of the set.
  @SuppressWarnings("exports")
  public synchronized KeySwitching keySwitching() {
    KeySwitching made = keySwitching;
    if (made == null) {
      made = new KeySwitching(ring());
      keySwitching = made;
    }
    return made;
  }

  /// The rescaling of the set.
  @SuppressWarnings("exports")
  public synchronized ModulusDrop modulusDrop() {
    ModulusDrop made = modulusDrop;
    if (made == null) {
      made = new ModulusDrop(ring());
      modulusDrop = made;
    }
    return made;
  }

  @Override
  @SuppressWarnings("exports")
  public boolean equals(@Nullable Object other) {
    return this == other || (other instanceof CkksParameters that && digest.equals(that.digest));
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  @Override
  public String toString() {
    return name
        + "(N=2^"
        + logDegree
        + ", "
        + totalBits()
        + " bits, depth "
        + depth
        + ", "
        + digest.shortHex()
        + ")";
  }

  /// Sizes of a parameter set; the primes follow from them by rule.
  public static final class Builder {
    private String name = "custom";
    private int logDegree = 14;
    private int basePrimes = 1;
    private int basePrimeBits = 50;
    private int scalePrimeBits = 45;
    private int primesPerLevel = 1;
    private int depth = 7;
    private int specialCount = 1;
    private int specialBits = 50;

    private Builder() {}

    /// What the set is called in messages.
    public Builder name(String name) {
      this.name = name;
      return this;
    }

    /// log2 N, 10 to 16.
    public Builder logDegree(int logDegree) {
      this.logDegree = logDegree;
      return this;
    }

    /// The primes that remain at level 0. What lies above the scale is room for values: 50 bits and
    /// a scale of 2^45 hold values below 2^4 in magnitude.
    public Builder basePrimes(int count, int bits) {
      this.basePrimes = count;
      this.basePrimeBits = bits;
      return this;
    }

    /// Bits of each prime that rescaling drops, at most 49.
    public Builder scalePrimeBits(int bits) {
      this.scalePrimeBits = bits;
      return this;
    }

    /// 1, or 2 for composite scaling: `Δ = 2^(2·scalePrimeBits)`.
    public Builder primesPerLevel(int primes) {
      this.primesPerLevel = primes;
      return this;
    }

    /// How often a fresh ciphertext can be rescaled.
    public Builder depth(int depth) {
      this.depth = depth;
      return this;
    }

    /// Special primes for key switching. Their product must be at least that of as many ciphertext
    /// primes.
    public Builder specialPrimes(int count, int bits) {
      this.specialCount = count;
      this.specialBits = bits;
      return this;
    }

    /// Makes the set.
    ///
    /// @throws IllegalArgumentException if a number is out of range or the set is not secure
    public CkksParameters build() {
      int cap = securityCapBits(logDegree);
      CkksParameters parameters = unchecked();
      if (parameters.totalBits() > cap) {
        throw new IllegalArgumentException(
            "modulus_bits: "
                + parameters.totalBits()
                + " (expected: at most "
                + cap
                + " for 128-bit security at N = "
                + parameters.degree()
                + "); lower the depth or the sizes of the primes, or raise the degree");
      }
      return parameters;
    }

    private CkksParameters unchecked() {
      require("depth", depth, 0, 100);
      require("base_primes", basePrimes, 1, 4);
      require("base_prime_bits", basePrimeBits, 30, 50);
      require("scale_prime_bits", scalePrimeBits, 30, 49);
      require("primes_per_level", primesPerLevel, 1, 2);
      require("special_primes", specialCount, 1, 16);
      require("special_prime_bits", specialBits, 30, 50);
      var chain =
          new ModulusChain(
              logDegree,
              basePrimes,
              basePrimeBits,
              scalePrimeBits,
              primesPerLevel,
              depth,
              specialBits,
              specialCount);
      return new CkksParameters(
          name,
          logDegree,
          basePrimes,
          primesPerLevel,
          chain,
          logDegree,
          basePrimes,
          basePrimeBits,
          scalePrimeBits,
          primesPerLevel,
          depth,
          specialCount,
          specialBits);
    }

    private static void require(String fact, int value, int least, int most) {
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            fact + ": " + value + " (expected: " + least + " to " + most + ")");
      }
    }
  }
}
