package ai.cifer.homocryption.threshold;

/// A fact about a threshold protocol that forbids the next step; the nested class names the fact,
/// the message says what to do.
///
/// None of them is cured by trying again: a second run of a protocol over the same secrets and the
/// same public randomness can reveal them. See the package.
public abstract sealed class ThresholdException extends RuntimeException {
  ThresholdException(String message) {
    super(message);
  }

  /// A share cannot be the one that its party committed to.
  public static final class CommitmentMismatch extends ThresholdException {
    private final int party;

    CommitmentMismatch(int party, String message) {
      super(message);
      this.party = party;
    }

    /// Who opened something else than was committed to.
    public int party() {
      return party;
    }
  }

  /// A message came in the wrong order, twice, or belongs to another session or protocol.
  public static final class ProtocolViolation extends ThresholdException {
    ProtocolViolation(String message) {
      super(message);
    }
  }

  /// A secret was asked for a protocol step that it already took.
  public static final class RetryRefused extends ThresholdException {
    RetryRefused(String message) {
      super(message);
    }
  }

  /// A partial decryption or refresh share may not be given.
  public static final class DecryptionRefused extends ThresholdException {
    DecryptionRefused(String message) {
      super(message);
    }
  }

  /// The smudging error would leave less precision than was asked for, or exceed the modulus.
  public static final class PrecisionExhausted extends ThresholdException {
    PrecisionExhausted(String message) {
      super(message);
    }
  }

  /// Partial decryptions do not combine to a plausible result.
  public static final class CombinationFailed extends ThresholdException {
    CombinationFailed(String message) {
      super(message);
    }
  }

  /// A decryption log is damaged, or belongs to another key.
  public static final class DecryptionLogUnusable extends ThresholdException {
    DecryptionLogUnusable(String message) {
      super(message);
    }
  }
}
