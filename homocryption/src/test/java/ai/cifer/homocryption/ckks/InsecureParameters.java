package ai.cifer.homocryption.ckks;

/// Rings that are far too small for security, for the fast tests of packages above this one.
public final class InsecureParameters {
  private InsecureParameters() {}

  /// The moduli of CS14 (Δ = 2^80 in two primes, depth 3) in a small ring.
  ///
  /// @param logDegree 8 to 13
  public static CkksParameters composite(int logDegree) {
    return CkksParameters.unchecked(
        CkksParameters.builder()
            .name("INSECURE_COMPOSITE_N" + logDegree)
            .logDegree(logDegree)
            .basePrimes(2, 45)
            .scalePrimeBits(40)
            .primesPerLevel(2)
            .depth(3)
            .specialPrimes(2, 46));
  }

  /// One level, few primes: small forms.
  public static CkksParameters shallow() {
    return CkksParameters.unchecked(
        CkksParameters.builder()
            .name("INSECURE_SHALLOW_N8")
            .logDegree(8)
            .basePrimes(1, 50)
            .scalePrimeBits(45)
            .depth(1)
            .specialPrimes(1, 50));
  }
}
