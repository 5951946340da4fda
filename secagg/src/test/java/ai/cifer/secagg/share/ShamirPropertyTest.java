package ai.cifer.secagg.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.secagg.TestFederation;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ShamirPropertyTest {
  private static final int LENGTH = 97;
  private final SecureRandom secure = new SecureRandom();

  private static int[] secret(RandomGenerator random) {
    int[] secret = new int[LENGTH];
    for (int k = 0; k < LENGTH; k++) {
      secret[k] = random.nextInt(255) - 127;
    }
    secret[0] = Shamir.PRIME / 2;
    secret[1] = -(Shamir.PRIME / 2);
    return secret;
  }

  private static Map<Integer, int[]> choose(int[][] shares, int count, RandomGenerator random) {
    List<Integer> indices = new ArrayList<>();
    for (int j = 1; j <= shares.length; j++) {
      indices.add(j);
    }
    Collections.shuffle(indices, Random.from(random));
    Map<Integer, int[]> chosen = new HashMap<>();
    indices.subList(0, count).forEach(j -> chosen.put(j, shares[j - 1]));
    return chosen;
  }

  @Property(tries = 100)
  void anyThresholdOfSharesGivesTheSecret(
      @ForAll @IntRange(min = 1, max = 32) int helpers,
      @ForAll @IntRange(min = 1, max = 32) int t,
      @ForAll long seed) {
    RandomGenerator random = TestFederation.random(seed);
    int threshold = Math.min(t, helpers);
    int[] secret = secret(random);
    int[][] shares = Shamir.split(secret, threshold, helpers, secure);
    int count = threshold + random.nextInt(helpers - threshold + 1);
    assertThat(Shamir.combine(choose(shares, count, random))).isEqualTo(secret);
  }

  @Property(tries = 30)
  void fewerSharesGiveSomethingElse(
      @ForAll @IntRange(min = 2, max = 20) int threshold, @ForAll long seed) {
    RandomGenerator random = TestFederation.random(seed);
    int[] secret = secret(random);
    int[][] shares = Shamir.split(secret, threshold, threshold, secure);
    int[] guess = Shamir.combine(choose(shares, threshold - 1, random));
    int hits = 0;
    for (int k = 0; k < LENGTH; k++) {
      hits += guess[k] == secret[k] ? 1 : 0;
    }
    assertThat(hits).isLessThan(3);
  }

  @Property(tries = 30)
  void sharesAddUp(
      @ForAll @IntRange(min = 1, max = 8) int threshold,
      @ForAll @IntRange(min = 1, max = 40) int clients,
      @ForAll long seed) {
    RandomGenerator random = TestFederation.random(seed);
    int helpers = threshold + 2;
    int[] expected = new int[LENGTH];
    int[][] sums = new int[helpers][LENGTH];
    for (int client = 0; client < clients; client++) {
      int[] secret = secret(random);
      secret[0] = 127;
      secret[1] = -127;
      int[][] shares = Shamir.split(secret, threshold, helpers, secure);
      for (int k = 0; k < LENGTH; k++) {
        expected[k] += secret[k];
      }
      for (int j = 0; j < helpers; j++) {
        Shamir.addInto(shares[j], sums[j]);
      }
    }
    assertThat(Shamir.combine(choose(sums, threshold, random))).isEqualTo(expected);
  }

  /// An error may be a lie in all coefficients or one bit of one coefficient.
  private static void spoil(Map<Integer, int[]> shares, int count, RandomGenerator random) {
    List<Integer> indices = new ArrayList<>(shares.keySet());
    Collections.shuffle(indices, Random.from(random));
    for (int index : indices.subList(0, count)) {
      shares.computeIfPresent(index, (j, share) -> lie(share, random));
    }
  }

  private static int[] lie(int[] share, RandomGenerator random) {
    int[] lie = share.clone();
    if (random.nextBoolean()) {
      int k = random.nextInt(LENGTH);
      lie[k] = (lie[k] + 1) % Shamir.PRIME;
    } else {
      for (int k = 0; k < LENGTH; k++) {
        lie[k] = random.nextInt(Shamir.PRIME);
      }
    }
    return lie;
  }

  private static List<Integer> spoilt(Map<Integer, int[]> shares, int[][] original) {
    return shares.keySet().stream()
        .filter(j -> !Arrays.equals(shares.get(j), original[j - 1]))
        .sorted()
        .toList();
  }

  @Property(tries = 200)
  void asManyWrongSharesAsHalfOfTheSurplusAreFoundAndCorrected(
      @ForAll @IntRange(min = 1, max = 32) int helpers,
      @ForAll @IntRange(min = 1, max = 32) int t,
      @ForAll long seed) {
    RandomGenerator random = TestFederation.random(seed);
    int threshold = Math.min(t, helpers);
    int[] secret = secret(random);
    int[][] shares = Shamir.split(secret, threshold, helpers, secure);
    int count = threshold + random.nextInt(helpers - threshold + 1);
    Map<Integer, int[]> revealed = choose(shares, count, random);
    spoil(revealed, random.nextInt((count - threshold) / 2 + 1), random);

    Shamir.Decoded decoded = Shamir.decode(revealed, threshold, secure).orElseThrow();
    assertThat(decoded.values()).isEqualTo(secret);
    assertThat(decoded.wrong()).containsExactlyElementsOf(spoilt(revealed, shares));
  }

  @Property(tries = 100)
  void moreWrongSharesThanThatAreDetected(
      @ForAll @IntRange(min = 2, max = 32) int helpers,
      @ForAll @IntRange(min = 1, max = 31) int t,
      @ForAll long seed) {
    RandomGenerator random = TestFederation.random(seed);
    int threshold = Math.min(t, helpers - 1);
    int[][] shares = Shamir.split(secret(random), threshold, helpers, secure);
    Map<Integer, int[]> revealed = choose(shares, helpers, random);
    int most = (helpers - threshold) / 2;
    spoil(revealed, most + 1 + random.nextInt(helpers - most), random);
    assertThat(Shamir.decode(revealed, threshold, secure)).isEmpty();
  }

  /// f(x) = 5 + 2^31-2 x + 7 x^2 by BigInteger, f(1..3) combined: an independent reference.
  @Example
  void combinesKnownShares() {
    BigInteger prime = BigInteger.valueOf(Shamir.PRIME);
    Map<Integer, int[]> shares = new HashMap<>();
    for (int x : new int[] {2, 9, 1000}) {
      BigInteger value =
          BigInteger.valueOf(5)
              .add(BigInteger.valueOf(Shamir.PRIME - 1).multiply(BigInteger.valueOf(x)))
              .add(BigInteger.valueOf(7L * x * x))
              .mod(prime);
      shares.put(x, new int[] {value.intValueExact()});
    }
    assertThat(Shamir.combine(shares)).containsExactly(5);
  }

  @Example
  void theShareOfThresholdOneIsTheSecret() {
    int[][] shares = Shamir.split(new int[] {0, 5, -5}, 1, 1, secure);
    assertThat(shares[0]).containsExactly(0, 5, Shamir.PRIME - 5);
  }

  /// One share of t = 2 is uniform whatever the secret is: chi-square over 256 bins.
  @Example
  void aShareBelowTheThresholdLooksUniform() {
    long[] counts = new long[256];
    int[] secret = new int[1 << 16];
    for (int value : Shamir.split(secret, 2, 2, secure)[0]) {
      counts[value >>> 23]++;
    }
    double expected = secret.length / 256.0;
    double chiSquare = 0;
    for (long count : counts) {
      chiSquare += (count - expected) * (count - expected) / expected;
    }
    assertThat(chiSquare).isBetween(255 - 6 * 22.6, 255 + 6 * 22.6);
  }

  @Example
  void refusesAThresholdThatCannotBeMet() {
    assertThatThrownBy(() -> Shamir.split(new int[1], 3, 2, secure))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("threshold: 3 of 2");
  }
}
