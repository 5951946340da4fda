package ai.cifer.secagg.helper;

import ai.cifer.secagg.cipher.SumScheme;
import ai.cifer.secagg.cipher.SumSecretKey;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The keys under which clients encrypt for a key holder: with CKKS one a round, with Paillier,
/// whose keys take a second to draw, one a process.
final class SumKeys implements AutoCloseable {
  /// What a key serves for.
  record Use(String run, int round) {}

  private static final Use ALL = new Use("", 0);

  private final Optional<SumScheme> scheme;
  private final String owner;
  private final SecureRandom random;
  private final Map<Use, SumSecretKey> keys = new HashMap<>();

  /// @param scheme empty where shares alone open sums
  SumKeys(Optional<SumScheme> scheme, String owner, SecureRandom random) {
    this.scheme = scheme;
    this.owner = owner;
    this.random = random;
  }

  private Use use(String run, int round) {
    return scheme.filter(one -> one == SumScheme.PAILLIER).isPresent() ? ALL : new Use(run, round);
  }

  /// The public half of the key of a round, drawn at the first call; empty without a scheme.
  byte[] announce(String run, int round) {
    return scheme
        .map(one ->
            keys.computeIfAbsent(use(run, round), any -> one.generate(owner, random)).publicBytes())
        .orElse(new byte[0]);
  }

  /// The key of a round, if this process announced it.
  Optional<SumSecretKey> key(String run, int round) {
    return Optional.ofNullable(keys.get(use(run, round)));
  }

  /// Zeroes a key that serves for nothing more.
  void forget(String run, int round) {
    SumSecretKey key = keys.remove(new Use(run, round));
    if (key != null) {
      key.close();
    }
  }

  @Override
  public void close() {
    keys.values().forEach(SumSecretKey::close);
    keys.clear();
  }
}
