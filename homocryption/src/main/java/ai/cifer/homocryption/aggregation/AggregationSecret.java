package ai.cifer.homocryption.aggregation;

import java.security.SecureRandom;

/// The one-time secret.
@SuppressWarnings("DoNotCallSuggester")
public final class AggregationSecret implements AutoCloseable {
  private AggregationSecret() {}

  /// Signature.
  public static AggregationSecret generate(AggregationParameters parameters, SecureRandom random) {
    throw new UnsupportedOperationException();
  }

  /// Signature.
  public AggregationParameters parameters() {
    throw new UnsupportedOperationException();
  }

  /// Signature.
  public void copyCoefficients(int[] out) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
