package ai.cifer.secagg.cipher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.secagg.TestFederation;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

class SumCipherTest {
  private static final AggregationParameters PROFILE = AggregationParameters.K2_N256;
  private static final int SLOTS = PROFILE.valuesPerBlock();
  private static final int LARGEST = (1 << PROFILE.valueBits()) - 1;

  private static ByteBuffer block(SumScheme scheme) {
    return block(scheme, PROFILE);
  }

  private static ByteBuffer block(SumScheme scheme, AggregationParameters profile) {
    return ByteBuffer.allocate(scheme.blockBytes(profile));
  }

  private static byte[] seed(SecureRandom random) {
    byte[] seed = new byte[SumCipher.SEED_BYTES];
    random.nextBytes(seed);
    return seed;
  }

  @Property(tries = 3, shrinking = ShrinkingMode.OFF)
  void sumsOfAnyClientsComeOutExact(@ForAll long drawn) {
    sumsComeOutExact(
        SumScheme.CKKS,
        AggregationParameters.K2_N256,
        drawn,
        2 + (int) Long.remainderUnsigned(drawn, 7));
  }

  @Test
  void sumsOfPaillierComeOutExact() {
    sumsComeOutExact(SumScheme.PAILLIER, AggregationParameters.K1_N64, 5, 3);
  }

  private static void sumsComeOutExact(
      SumScheme scheme, AggregationParameters profile, long drawn, int clients) {
    int most = (1 << profile.valueBits()) - 1;
    RandomGenerator random = TestFederation.random(drawn);
    SecureRandom secure = new SecureRandom();
    try (SumSecretKey key = scheme.generate("owner", secure)) {
      SumCipher cipher = scheme.cipher(profile, key.publicBytes(), "owner");
      SumCipher.Sum sum = cipher.sum();
      long[] expected = new long[profile.valuesPerBlock()];
      List<byte[]> seeds = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        int[] slots = random.ints(profile.valuesPerBlock(), 0, most + 1).toArray();
        slots[0] = most;
        slots[1] = 0;
        Arrays.setAll(expected, j -> expected[j] + slots[j]);
        seeds.add(seed(secure));
        ByteBuffer out = block(scheme, profile);
        cipher.encrypt(7, slots, seeds.getLast(), out);
        assertThat(out.hasRemaining()).isFalse();
        sum.add(out.flip());
      }
      byte[] bytes = new byte[scheme.blockBytes(profile)];
      sum.write(ByteBuffer.wrap(bytes));

      assertThat(key.open(profile, 7, ByteBuffer.wrap(bytes), seeds)).isEqualTo(expected);
      List<byte[]> others = new ArrayList<>(seeds);
      others.set(0, seed(secure));
      assertThatThrownBy(() -> key.open(profile, 7, ByteBuffer.wrap(bytes), others))
          .isInstanceOf(CipherRefused.class);
      assertThatThrownBy(() -> key.open(profile, 8, ByteBuffer.wrap(bytes), seeds))
          .isInstanceOf(CipherRefused.class);
    }
  }

  @Test
  void theLargestSumOfTheMostClientsComesOutExact() {
    SecureRandom secure = new SecureRandom();
    try (SumSecretKey key = SumScheme.CKKS.generate("owner", secure)) {
      SumCipher cipher = SumScheme.CKKS.cipher(PROFILE, key.publicBytes(), "owner");
      SumCipher.Sum sum = cipher.sum();
      int[] slots = new int[SLOTS];
      Arrays.fill(slots, LARGEST);
      List<byte[]> seeds = new ArrayList<>();
      // One encryption as often as there may be clients: its errors add up instead of averaging
      // out.
      byte[] seed = seed(secure);
      ByteBuffer one = block(SumScheme.CKKS);
      cipher.encrypt(0, slots, seed, one);
      for (int i = 0; i < PROFILE.maxClients(); i++) {
        seeds.add(seed);
        sum.add(one.flip());
      }
      ByteBuffer out = block(SumScheme.CKKS);
      sum.write(out);

      assertThat(key.open(PROFILE, 0, out.flip(), seeds))
          .containsOnly((long) PROFILE.maxClients() * LARGEST);
    }
  }

  /// The bound of the documentation, in exact numbers: so no decryption of honest sums fails, and
  /// what is released depends on the clients' integers alone.
  @Test
  void theErrorOfCkksStaysBelowHalfAUnitAndSumsBelowHalfTheModulus() {
    long degree = CkksCipher.PARAMETERS.degree();
    long error = 40 * (2 * degree + 1);
    long rounding = 1;
    double slot = degree * (double) (error + rounding) * PROFILE.maxClients();
    // Coefficients of the sum as doubles: 53 bits of at most 2^69.
    double arithmetic = degree * 0x1p17;
    assertThat(slot + arithmetic).isLessThan(CkksCipher.SCALE / 2 * 0.8);
    double largest = Math.sqrt(2) * CkksCipher.SCALE * PROFILE.maxClients() * LARGEST;
    assertThat(Math.log(largest + slot) / Math.log(2))
        .isLessThan(CkksCipher.PARAMETERS.logModulus(0) - 1);
  }

  @Test
  void aPadMakesEqualMessagesUnlikeEvenForTheOwnerOfTheKey() {
    SecureRandom secure = new SecureRandom();
    try (SumSecretKey key = SumScheme.CKKS.generate("owner", secure)) {
      SumCipher cipher = SumScheme.CKKS.cipher(PROFILE, key.publicBytes(), "owner");
      ByteBuffer out = block(SumScheme.CKKS);
      cipher.encrypt(0, new int[SLOTS], seed(secure), out);

      assertThatThrownBy(() -> key.open(PROFILE, 0, out.flip(), List.of()))
          .isInstanceOf(CipherRefused.class);
    }
  }

  /// Whatever a hostile key holder sends as its public key is a key or a refusal, nothing else.
  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void damagedPublicKeysAreRefused(@ForAll long drawn) {
    RandomGenerator random = TestFederation.random(drawn);
    byte[] good = SAMPLE.clone();
    byte[] bad =
        switch (random.nextInt(3)) {
          case 0 -> Arrays.copyOf(good, random.nextInt(good.length));
          case 1 -> Arrays.copyOf(good, good.length + 1 + random.nextInt(64));
          default -> {
            good[random.nextInt(good.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            yield good;
          }
        };
    for (SumScheme scheme : SumScheme.values()) {
      assertThatThrownBy(() -> scheme.cipher(PROFILE, bad, "owner"))
          .isInstanceOf(CipherRefused.class);
    }
  }

  private static final byte[] SAMPLE = samplePublicKey();

  private static byte[] samplePublicKey() {
    try (SumSecretKey key = SumScheme.CKKS.generate("owner", new SecureRandom())) {
      return key.publicBytes();
    }
  }

  @Test
  void bytesPerValueAreWhatTheDocumentationSays() {
    assertThat(SumScheme.CKKS.blockBytes(PROFILE) / (double) SLOTS).isBetween(17.5, 17.6);
    assertThat(SumScheme.PAILLIER.blockBytes(PROFILE) / (double) SLOTS).isBetween(7.05, 7.08);
  }

  @Test
  void profilesWhoseSumsWouldNotBeExactAreRefused() {
    assertThatThrownBy(() -> SumScheme.CKKS.requireProfile(AggregationParameters.K2_HIFI))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SumScheme.CKKS.requireProfile(AggregationParameters.K2_N1024))
        .isInstanceOf(IllegalArgumentException.class);
    SumScheme.CKKS.requireProfile(AggregationParameters.K2_N64);
  }
}
