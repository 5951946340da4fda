package ai.cifer.secagg.cipher;

import ai.cifer.homocryption.aggregation.AggregationParameters;
import java.nio.ByteBuffer;
import java.util.List;

/// A key holder's key; in memory only, so a key holder that restarts cannot open what was encrypted
/// before.
///
/// For sums of honest ciphertexts what [#open] returns are integers that depend on the clients'
/// integers alone, not on the errors of the encryption. Whoever may put ciphertexts of its own into
/// the sum can learn of the CKKS key from what opens, and whether it opens. So such a key is never
/// what hides an update: the pads are.
public sealed interface SumSecretKey extends AutoCloseable
    permits CkksSumSecretKey, PaillierSumSecretKey {
  /// The public half as bytes, for [SumScheme#cipher].
  byte[] publicBytes();

  /// Opens the sum of a block and takes the pads of its summands away.
  ///
  /// @param seeds of exactly the clients in the sum
  /// @return the sums of all slots, each in `[0, clients · (2^b - 1)]`
  /// @throws CipherRefused if it is not the sum over these clients
  long[] open(AggregationParameters parameters, int block, ByteBuffer sum, List<byte[]> seeds);

  /// Zeroes the key.
  @Override
  void close();

  /// Refuses what no honest clients can add up to; says nothing about a value.
  static long[] requireSums(AggregationParameters parameters, long[] sums, int clients) {
    long most = clients * ((1L << parameters.valueBits()) - 1);
    long excess = 0;
    for (long sum : sums) {
      excess |= sum | (most - sum);
    }
    if (excess < 0) {
      throw new CipherRefused(
          "sum: not one of %d clients (expected: the sum over the certified cohort)"
              .formatted(clients));
    }
    return sums;
  }
}
