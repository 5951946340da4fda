package ai.cifer.secagg.plan;

import ai.cifer.homocryption.aggregation.AggregationParameters;
import java.util.List;

/// A row of the table of aggregation parameters, as configurations name it.
///
/// @param parameters of the scheme
public record Profile(AggregationParameters parameters) {
  /// Where nothing else is said: up to 256 clients, 20 bits a value (PROTOCOL 2.2).
  public static final Profile USUAL = new Profile(AggregationPlan.USUAL);

  /// For more clients: 17 bits a value, as many bytes.
  private static final Profile LARGE = new Profile(AggregationPlan.LARGE);

  /// Where nothing else is said than how many clients a round has at most.
  public static Profile usual(int clients) {
    return clients <= USUAL.maxClients() ? USUAL : LARGE;
  }

  /// All rows, in the order of the table.
  public static List<Profile> all() {
    return AggregationParameters.all().stream().map(Profile::new).toList();
  }

  /// The row of a name.
  ///
  /// @throws IllegalArgumentException if there is none
  public static Profile named(String name) {
    return new Profile(AggregationParameters.named(name));
  }

  /// Its name.
  public String name() {
    return parameters.name();
  }

  /// The most clients of a sum.
  public int maxClients() {
    return parameters.maxClients();
  }

  /// The bits of a value.
  public int valueBits() {
    return parameters.valueBits();
  }

  /// The largest weight cap.
  public int maxWeightCap() {
    return parameters.maxWeightCap();
  }

  /// Checks that sums open exactly in a mode.
  ///
  /// @throws IllegalArgumentException if not
  public void requireExact(EncryptionMode mode) {
    mode.scheme().ifPresent(scheme -> scheme.requireProfile(parameters));
  }
}
