package ai.cifer.homocryption.ckks;

/// Rings that are far too small for security, for fast tests only.
public final class TestParameters {
  /// N = 2^10, depth 4, four digits of two primes.
  public static final CkksParameters INSECURE_N10 =
      CkksParameters.unchecked(
          CkksParameters.builder()
              .name("INSECURE_N10")
              .logDegree(10)
              .basePrimes(1, 50)
              .scalePrimeBits(40)
              .depth(6)
              .specialPrimes(2, 47));

  /// N = 2^8, one prime a digit.
  public static final CkksParameters INSECURE_N8 =
      CkksParameters.unchecked(
          CkksParameters.builder()
              .name("INSECURE_N8")
              .logDegree(8)
              .basePrimes(1, 50)
              .scalePrimeBits(45)
              .depth(3)
              .specialPrimes(1, 50));

  /// N = 2^9, composite scaling.
  public static final CkksParameters INSECURE_COMPOSITE_N9 =
      CkksParameters.unchecked(
          CkksParameters.builder()
              .name("INSECURE_COMPOSITE_N9")
              .logDegree(9)
              .basePrimes(2, 45)
              .scalePrimeBits(40)
              .primesPerLevel(2)
              .depth(2)
              .specialPrimes(2, 46));

  private TestParameters() {}
}
