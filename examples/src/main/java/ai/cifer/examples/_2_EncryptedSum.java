package ai.cifer.examples;

import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.homocryption.aggregation.AggregationSecret;
import ai.cifer.homocryption.aggregation.BlockMasker;
import ai.cifer.homocryption.aggregation.BlockOpener;
import ai.cifer.homocryption.aggregation.BlockSum;
import ai.cifer.homocryption.aggregation.OpeningFailed;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// The scheme under every federation, alone: three vectors are masked, the masked ones are added,
/// and what opens is their sum, exactly.
///
/// A client masks its vector `m` with a secret `s` of its own: it sends `a·s + e·T + m`, where `a`
/// is public, `e` small random noise and `T` larger than any sum of `m`. Masked vectors add up to
/// `a·Σs + Σe·T + Σm`. Whoever knows `Σs` subtracts `a·Σs`, and `Σm` is what remains below `T`. The
/// single `s` are never needed, and without `Σs` the numbers look random (Ring-LWE).
public final class _2_EncryptedSum {

  /// The default row of the profile table, argued:
  ///
  /// - N = 4096 coefficients and two primes of 50 bits: `log2 Q = 100`, and the 2024 security
  ///   guidelines allow 106 bits for 128-bit security at this N;
  /// - 3 values in a coefficient, in fields of 28 bits: 20 bits of a value and 8 of growth, since
  ///   256 clients add up to `2^8` times one;
  /// - `T = 2^84`, and 254·256 + 2 times that, the most that noise can add, is `2^99.99`, below
  ///   `Q`: the sum of up to 256 clients opens exactly, always.
  private static final AggregationParameters PARAMETERS = AggregationParameters.K2_N256;

  /// Below `2^20`: a value has 20 bits. Real updates are clipped and quantised to that range.
  private static final List<int[]> VECTORS =
      List.of(
          new int[] {1, 20, 300, 1_048_575},
          new int[] {2, 30, 400, 1_048_575},
          new int[] {3, 40, 500, 1_048_575});

  private _2_EncryptedSum() {}

  public static void main(String[] args) {
    run(IO::println);
  }

  /// @return the opened sum of the three vectors
  static long[] run(Consumer<String> out) {
    out.accept(PARAMETERS.toString());
    out.accept(
        "a block carries %,d values in %,d bytes: %.3f bytes a value, float32 has 4"
            .formatted(
                PARAMETERS.valuesPerBlock(),
                PARAMETERS.blockBytes(),
                (double) PARAMETERS.blockBytes() / PARAMETERS.valuesPerBlock()));

    // Secrets come from the system's generator and nowhere else.
    SecureRandom random = new SecureRandom();
    // The seed of `a`: public, the same for all clients, fresh for every segment of every round.
    byte[] publicSeed = new byte[AggregationParameters.SEED_BYTES];
    random.nextBytes(publicSeed);

    BlockSum sum = new BlockSum(PARAMETERS);
    int[] sumOfSecrets = new int[PARAMETERS.degree()];
    int[] withoutTheFirst = new int[PARAMETERS.degree()];
    for (int client = 0; client < VECTORS.size(); client++) {
      // A secret masks each block once and is then worth nothing: two messages under one secret
      // would reveal their difference. The library refuses a second time.
      try (AggregationSecret secret = AggregationSecret.generate(PARAMETERS, random);
          BlockMasker masker = new BlockMasker(PARAMETERS, publicSeed, secret)) {
        int[] slots = new int[PARAMETERS.valuesPerBlock()];
        System.arraycopy(VECTORS.get(client), 0, slots, 0, VECTORS.get(client).length);
        ByteBuffer masked = ByteBuffer.allocate(PARAMETERS.blockBytes());
        masker.mask(0, slots, masked);
        masked.flip();
        out.accept(
            "client %d masks %s and sends %s..."
                .formatted(
                    client + 1,
                    Arrays.toString(VECTORS.get(client)),
                    java.util.HexFormat.of().formatHex(masked.array(), 0, 12)));

        // What the coordinator does: it adds what it cannot read.
        sum.add(masked);

        // What helpers do: they add shares of secrets. With one helper, the key holder, the share
        // is
        // the secret itself; it never meets the masked vector, and the coordinator never meets the
        // share. With several, each has a point of a polynomial, and t sums of points give the sum.
        int[] share = new int[PARAMETERS.degree()];
        secret.copyCoefficients(share);
        for (int j = 0; j < share.length; j++) {
          sumOfSecrets[j] += share[j];
          withoutTheFirst[j] += client == 0 ? 0 : share[j];
        }
        Arrays.fill(share, 0);
      }
    }

    long[] opened = new long[PARAMETERS.valuesPerBlock()];
    new BlockOpener(PARAMETERS, publicSeed, sumOfSecrets, VECTORS.size()).open(0, sum, opened);
    long[] result = Arrays.copyOf(opened, VECTORS.getFirst().length);
    out.accept("the sum opens: " + Arrays.toString(result));

    // The sum of three opens with the secrets of exactly these three. With those of two of them
    // the noise is out of all bounds, which the opener notices: it says so instead of giving
    // numbers that mean nothing.
    try {
      new BlockOpener(PARAMETERS, publicSeed, withoutTheFirst, VECTORS.size()).open(0, sum, opened);
      out.accept("it opened with other secrets, which cannot be");
    } catch (OpeningFailed failed) {
      out.accept("with the secrets of two it does not open: " + failed.getMessage());
    }
    return result;
  }
}
