package ai.cifer.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.homocryption.aggregation.AggregationSecret;
import ai.cifer.homocryption.aggregation.BlockMasker;
import ai.cifer.homocryption.aggregation.BlockOpener;
import ai.cifer.homocryption.aggregation.BlockSum;
import ai.cifer.homocryption.aggregation.OpeningFailed;
import ai.cifer.secagg.cipher.CipherRefused;
import ai.cifer.secagg.cipher.SumCipher;
import ai.cifer.secagg.cipher.SumScheme;
import ai.cifer.secagg.cipher.SumSecretKey;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.share.Shamir;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What those who put together what they know can read, and what they cannot: the coordinator has
/// every client's block, a helper a share of every client's secret, a client its own update.
class CoalitionTest {
  private static final AggregationParameters PROFILE = AggregationParameters.K2_N256;
  private static final int CLIENTS = 4;
  private static final int THRESHOLD = 3;
  private static final int ANY_BLOCK = 1;

  private final SecureRandom random = new SecureRandom();
  private final byte[] publicSeed = new byte[32];
  private final List<int[]> updates = new ArrayList<>();
  private final List<ByteBuffer> blocks = new ArrayList<>();
  private final List<int[]> secrets = new ArrayList<>();

  /// By client, then by helper.
  private final List<int[][]> shares = new ArrayList<>();

  @BeforeEach
  void everybodyUploads() {
    random.nextBytes(publicSeed);
    for (int i = 0; i < CLIENTS; i++) {
      int[] update = random.ints(PROFILE.valuesPerBlock(), 1, 1 << PROFILE.valueBits()).toArray();
      updates.add(update);
      try (AggregationSecret secret = AggregationSecret.generate(PROFILE, random);
          BlockMasker masker = new BlockMasker(PROFILE, publicSeed, secret)) {
        ByteBuffer block =
            ByteBuffer.allocate(PROFILE.blockBytes() + BlockMasker.SLACK)
                .order(ByteOrder.LITTLE_ENDIAN);
        masker.mask(ANY_BLOCK, update, block);
        blocks.add(block.flip());
        int[] coefficients = new int[PROFILE.degree()];
        secret.copyCoefficients(coefficients);
        secrets.add(coefficients);
        shares.add(Shamir.split(coefficients, THRESHOLD, CLIENTS, random));
      }
    }
  }

  private long[] open(int[] secret, int... clients) {
    BlockSum sum = new BlockSum(PROFILE);
    for (int client : clients) {
      sum.add(blocks.get(client).duplicate());
    }
    long[] opened = new long[PROFILE.valuesPerBlock()];
    new BlockOpener(PROFILE, publicSeed, secret, clients.length).open(ANY_BLOCK, sum, opened);
    return opened;
  }

  private static long[] asLongs(int[] values) {
    return Arrays.stream(values).asLongStream().toArray();
  }

  /// What helpers get out of their shares of one client's secret.
  private int[] combined(int client, int... helpers) {
    Map<Integer, int[]> known = new TreeMap<>();
    for (int helper : helpers) {
      known.put(helper, shares.get(client)[helper - 1]);
    }
    return Shamir.combine(known);
  }

  @Test
  void withoutEncryption_theCoordinatorReadsEveryUpdate(@TempDir Path spool) throws IOException {
    ModelLayout layout = new ModelLayout(List.of(new TensorSpec("w", List.of(30))));
    AggregationPlan plan = AggregationPlan.uniform(EncryptionMode.NONE, false, layout, 1f, 100);
    TestFederation federation = new TestFederation(CLIENTS, spool);
    Tensors model = Tensors.allocate(layout);
    TestRound round = new TestRound(federation, federation.open(plan, model, 1, 3), model);
    ClientUpdate update = TestFederation.update(layout, TestFederation.random(1), 50);
    round.deliver(0, update, Set.of());

    byte[] stored = round.blocks.get(TestRound.key("client-000", 0));
    assertThat(stored).isEqualTo(update.delta().bytes().toArray(ValueLayout.JAVA_BYTE));
  }

  @Test
  void theCoordinatorAlone_readsNoUpdate() {
    for (int client = 0; client < CLIENTS; client++) {
      int one = client;
      assertThatThrownBy(() -> open(new int[PROFILE.degree()], one))
          .isInstanceOf(OpeningFailed.class);
    }
  }

  @Test
  void coordinatorAndKeyHolder_readEveryUpdate() {
    for (int client = 0; client < CLIENTS; client++) {
      assertThat(open(secrets.get(client), client)).isEqualTo(asLongs(updates.get(client)));
    }
  }

  @Test
  void coordinatorAndTHelpers_readEveryUpdate() {
    for (int client = 0; client < CLIENTS; client++) {
      assertThat(open(combined(client, 1, 3, 4), client)).isEqualTo(asLongs(updates.get(client)));
    }
  }

  /// With t - 1 shares every secret is equally likely: any that they guess fits a last share.
  @Test
  void coordinatorAndOneHelperLessThanT_readNoUpdate() {
    assertThatThrownBy(() -> open(combined(0, 1, 2), 0)).isInstanceOf(OpeningFailed.class);
    int[] guess = new int[PROFILE.degree()];
    Map<Integer, int[]> known = new TreeMap<>();
    known.put(1, shares.getFirst()[0]);
    known.put(2, shares.getFirst()[1]);
    known.put(3, fitting(guess));
    assertThat(Shamir.combine(known)).isEqualTo(guess);
  }

  /// The share of helper 3 with which those of 1 and 2 give `secret`: f(0) = 3 f(1) - 3 f(2) + f(3)
  /// for polynomials of degree 2.
  private int[] fitting(int[] secret) {
    int[] share = new int[secret.length];
    for (int k = 0; k < share.length; k++) {
      long value = secret[k] - 3L * shares.getFirst()[0][k] + 3L * shares.getFirst()[1][k];
      share[k] = (int) Math.floorMod(value, (long) Shamir.PRIME);
    }
    return share;
  }

  @Test
  void allButOneClient_readTheLastUpdateFromTheSum() {
    int[] sumOfSecrets = new int[PROFILE.degree()];
    for (int[] secret : secrets) {
      for (int k = 0; k < secret.length; k++) {
        sumOfSecrets[k] += secret[k];
      }
    }
    long[] rest = open(sumOfSecrets, 0, 1, 2, 3);
    for (int client = 0; client < CLIENTS - 1; client++) {
      for (int k = 0; k < rest.length; k++) {
        rest[k] -= updates.get(client)[k];
      }
    }
    assertThat(rest).isEqualTo(asLongs(updates.getLast()));
  }

  /// Modes `ckks` and `paillier`: also with the key an update is under its pad, and with the seed
  /// of the pad, which only the key holder has, it is not.
  @Test
  void theKeyOfAPublicKeyModeAlone_readsNoUpdate_butWithTheSeedItDoes() {
    byte[] seed = new byte[SumCipher.SEED_BYTES];
    random.nextBytes(seed);
    try (SumSecretKey key = SumScheme.CKKS.generate("owner", random)) {
      SumCipher cipher = SumScheme.CKKS.cipher(PROFILE, key.publicBytes(), "owner");
      ByteBuffer block = ByteBuffer.allocate(SumScheme.CKKS.blockBytes(PROFILE));
      cipher.encrypt(ANY_BLOCK, updates.getFirst(), seed, block);
      block.flip();

      assertThatThrownBy(() -> key.open(PROFILE, ANY_BLOCK, block.duplicate(), List.of()))
          .isInstanceOf(CipherRefused.class);
      byte[] other = seed.clone();
      other[0] ^= 1;
      assertThatThrownBy(() -> key.open(PROFILE, ANY_BLOCK, block.duplicate(), List.of(other)))
          .isInstanceOf(CipherRefused.class);
      assertThat(key.open(PROFILE, ANY_BLOCK, block.duplicate(), List.of(seed)))
          .isEqualTo(asLongs(updates.getFirst()));
    }
  }
}
