package ai.cifer.homocryption.ckks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The table of parameter sets.
class CkksParametersTest {
  @ParameterizedTest
  @CsvSource({
    "C13, 13, 214, 214, 3, 4", "C14, 14, 415, 430, 7, 8", "CS14, 14, 422, 430, 3, 4",
    "C15, 15, 866, 868, 15, 6", "C15b, 15, 862, 868, 16, 5", "C16, 16, 1723, 1747, 33, 9",
    "C16b, 16, 1745, 1747, 37, 8"
  })
  void presetsAreThoseOfTheTable(
      Preset preset, int logDegree, int bits, int cap, int depth, int digits) {
    var parameters = CkksParameters.of(preset);
    assertThat(parameters.logDegree()).isEqualTo(logDegree);
    assertThat(parameters.totalBits()).isEqualTo(bits);
    assertThat(CkksParameters.securityCapBits(logDegree)).isEqualTo(cap);
    assertThat(parameters.depth()).isEqualTo(depth);
    assertThat(parameters.digits()).isEqualTo(digits);
  }

  /// The digests of the presets, primes and scales included: if one changes, what users stored
  /// under it is lost.
  @ParameterizedTest
  @CsvSource({
    "C13, 54aa8c050a151c88", "C14, 5549465ece5adbfc", "CS14, 43c750dd0679fd24",
    "C15, 47f975ecf18fb653", "C15b, 18dabe91beea4f40", "C16, aafeea9572a9dd00",
    "C16b, 2b1d3d96b5e6ce23"
  })
  void presetsNeverChange(Preset preset, String digest) {
    assertThat(CkksParameters.of(preset).parameterDigest().shortHex()).isEqualTo(digest);
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void primesAreDistinctPrimesThatSplitTheRing(Preset preset) {
    var parameters = CkksParameters.of(preset);
    Set<Long> seen = new HashSet<>();
    for (int i = 0; i < parameters.primes(parameters.depth()); i++) {
      check(parameters.prime(i), parameters, seen);
    }
    for (int i = 0; i < parameters.specialPrimes(); i++) {
      check(parameters.specialPrime(i), parameters, seen);
    }
  }

  private static void check(long prime, CkksParameters parameters, Set<Long> seen) {
    assertThat(BigInteger.valueOf(prime).isProbablePrime(100)).isTrue();
    assertThat(prime % (2L * parameters.degree())).isEqualTo(1);
    assertThat(prime).isLessThan(1L << 50);
    assertThat(seen.add(prime)).isTrue();
  }

  /// Squaring doubles the deviation at each level; the choice of primes takes it back.
  @ParameterizedTest
  @EnumSource(Preset.class)
  void scalesStayWithinTheDistanceOfPrimes(Preset preset) {
    var parameters = CkksParameters.of(preset);
    for (int level = 0; level <= parameters.depth(); level++) {
      assertThat(parameters.scale(level) / parameters.scale() - 1).isBetween(-4e-5, 4e-5);
    }
  }

  @Test
  void whatExceedsTheCapIsRefusedWithExactBits() {
    var builder =
        CkksParameters.builder().logDegree(13).basePrimes(1, 45).scalePrimeBits(40).depth(3);
    assertThatThrownBy(builder.specialPrimes(1, 50)::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("modulus_bits: 215 (expected: at most 214")
        .hasMessageContaining("8192");
  }

  @Test
  void specialPrimesSmallerThanADigitAreRefused() {
    var builder = CkksParameters.builder().logDegree(14).specialPrimes(1, 45);
    assertThatThrownBy(builder::build).hasMessageContaining("special_primes: 45 bits");
  }

  @Test
  void equalNumbersAreEqualSetsWhateverTheName() {
    var a = CkksParameters.builder().name("mine").build();
    assertThat(a).isEqualTo(CkksParameters.of(Preset.C14));
    assertThat(a.digest()).isEqualTo(CkksParameters.of(Preset.C14).digest());
    assertThat(a).isNotEqualTo(CkksParameters.of(Preset.C13));
  }
}
