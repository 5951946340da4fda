package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.ring.AesCtrStream;
import ai.cifer.homocryption.ring.AesCtrStream.Purpose;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import ai.cifer.homocryption.rns.RnsSampler;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A party's own small secret `s_i`; the joint key is `s = Σ s_i`, which nobody ever holds.
///
/// It lives while keys are generated and is closed then: what decrypts is the [SecretKeyShare].
/// Each step of each protocol is taken at most once with it. There is no byte form, on purpose: a
/// party that lost its process in the middle of key generation starts a new [ThresholdSession],
/// because a second run over the same common reference string reveals the errors of the first.
///
/// Thread-safe. [#close()] overwrites the secret. Not covered: copies made by the garbage collector
/// before, crash dumps and swap.
public final class PartySecretKey implements AutoCloseable {
  private final ThresholdSession session;
  private final int party;
  private final RnsPolynomial rows;
  private final Set<String> taken = new HashSet<>();
  private @Nullable RnsPolynomial ephemeral;
  private boolean closed;

  private PartySecretKey(ThresholdSession session, int party, RnsPolynomial rows) {
    this.session = session;
    this.party = party;
    this.rows = rows;
  }

  /// Draws the secret of a party for one session.
  ///
  /// @param party 1 to n
  /// @param random a cryptographic generator
  public static PartySecretKey generate(ThresholdSession session, int party, SecureRandom random) {
    session.committee().requireMember(party);
    return new PartySecretKey(session, party, small(session, random));
  }

  /// A polynomial with the session's distribution, modulo QP, transformed.
  private static RnsPolynomial small(ThresholdSession session, SecureRandom random) {
    RnsRing ring = session.parameters().ring();
    double[] coefficients = new double[ring.degree()];
    byte[] seed = freshSeed(random);
    try (var sampler = new RnsSampler(seed)) {
      switch (session.secrets()) {
        case TERNARY -> sampler.ternary(Purpose.SECRET, 0, coefficients);
        case GAUSSIAN -> sampler.gaussian(Purpose.SECRET, 0, 0, coefficients);
      }
      double[][] rows = new double[ring.primes()][];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = coefficients.clone();
        ring.kernel(i).forward(rows[i]);
      }
      return new RnsPolynomial(rows, true);
    } finally {
      Arrays.fill(seed, (byte) 0);
      Arrays.fill(coefficients, 0);
    }
  }

  static byte[] freshSeed(SecureRandom random) {
    byte[] seed = new byte[AesCtrStream.SEED_BYTES];
    random.nextBytes(seed);
    return seed;
  }

  public ThresholdSession session() {
    return session;
  }

  /// 1 to n.
  public int party() {
    return party;
  }

  /// `s_i` modulo QP for one step of one protocol; not a copy.
  ///
  /// @throws ThresholdException.RetryRefused if the step was taken before
  synchronized RnsPolynomial take(ThresholdSession asked, String step) {
    session.requireSame(asked, "secret of party " + party);
    requireOpen();
    if (!taken.add(step)) {
      throw new ThresholdException.RetryRefused(
          "step "
              + step
              + ": already taken by this secret (expected: once); a retry would reveal the secret,"
              + " start a new session with a new seed and new secrets");
    }
    return rows;
  }

  /// Draws the second secret `u_i` that the two rounds of a relinearization key share.
  synchronized RnsPolynomial drawEphemeral(SecureRandom random) {
    requireOpen();
    RnsPolynomial drawn = small(session, random);
    ephemeral = drawn;
    return drawn;
  }

  synchronized RnsPolynomial ephemeral() {
    RnsPolynomial drawn = ephemeral;
    if (drawn == null) {
      throw new ThresholdException.ProtocolViolation(
          "relinearization key: round 2 before round 1 (expected: both with the same secret)");
    }
    return drawn;
  }

  synchronized void clearEphemeral() {
    RnsPolynomial drawn = ephemeral;
    if (drawn != null) {
      drawn.clear();
      ephemeral = null;
    }
  }

  /// Refuses what was computed while [#close()] overwrote the rows: an error without the secret
  /// that it should hide.
  synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException("secret of party " + party + ": closed (expected: open)");
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    clearEphemeral();
    rows.clear();
  }

  /// Names the party and the session only.
  @Override
  public String toString() {
    return "PartySecretKey(party " + party + ", " + session + ")";
  }
}
