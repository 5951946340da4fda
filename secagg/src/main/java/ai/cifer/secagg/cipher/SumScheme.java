package ai.cifer.secagg.cipher;

import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.homocryption.ckks.CkksException;
import ai.cifer.homocryption.codec.FormatException;
import ai.cifer.homocryption.paillier.PaillierException;
import ai.cifer.secagg.codec.MalformedMessage;
import java.security.SecureRandom;
import java.util.function.Supplier;

/// A public-key scheme whose ciphertexts add up.
public enum SumScheme {
  /// RNS-CKKS with integers that come out exact; see [CkksCipher].
  CKKS("ckks", 4_000_000),
  /// Paillier of 3072 bits with packed fields; see [PaillierCipher].
  PAILLIER("paillier", 250_000);

  private final String key;
  private final long maxParameters;

  SumScheme(String key, long maxParameters) {
    this.key = key;
    this.maxParameters = maxParameters;
  }

  /// The word in configurations and messages.
  public String key() {
    return key;
  }

  /// The largest model: what a key holder opens in about a minute on one core.
  public long maxParameters() {
    return maxParameters;
  }

  /// Bytes of an encrypted block, or of a sum of blocks.
  public int blockBytes(AggregationParameters parameters) {
    return switch (this) {
      case CKKS -> CkksCipher.blockBytes(parameters);
      case PAILLIER -> PaillierCipher.blockBytes(parameters);
    };
  }

  /// Checks that sums of a profile open exactly.
  ///
  /// @throws IllegalArgumentException if not
  public void requireProfile(AggregationParameters parameters) {
    if (this == CKKS) {
      CkksCipher.requireProfile(parameters);
    }
  }

  /// Checks that a model is not too large.
  ///
  /// @throws IllegalArgumentException if it is; the message names the cure
  public void requireModel(long parameters) {
    if (parameters > maxParameters) {
      throw new IllegalArgumentException(
          ("model: %d parameters (expected: <= %d with encryption: %s, whose ciphertexts are large"
                  + " and slow; encryption: secure-aggregation or key-holder carries models of any"
                  + " size)")
              .formatted(parameters, maxParameters, key));
    }
  }

  /// Draws a key.
  ///
  /// @param owner whom the proof of a Paillier key names
  public SumSecretKey generate(String owner, SecureRandom random) {
    return switch (this) {
      case CKKS -> CkksSumSecretKey.generate(random);
      case PAILLIER -> PaillierSumSecretKey.generate(owner, random);
    };
  }

  /// Reads and checks the public half of somebody else's key.
  ///
  /// @param owner as given to [#generate]
  /// @throws CipherRefused if it is none
  public SumCipher cipher(AggregationParameters parameters, byte[] publicBytes, String owner) {
    requireProfile(parameters);
    return refusing(() ->
        switch (this) {
          case CKKS -> CkksCipher.read(parameters, publicBytes);
          case PAILLIER -> PaillierCipher.read(parameters, publicBytes, owner);
        });
  }

  /// Makes whatever hostile bytes can cause one exception.
  static <T> T refusing(Supplier<T> step) {
    try {
      return step.get();
    } catch (FormatException | PaillierException | CkksException | MalformedMessage refused) {
      throw new CipherRefused(refused);
    }
  }
}
