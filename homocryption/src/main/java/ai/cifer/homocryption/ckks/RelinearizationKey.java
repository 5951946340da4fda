package ai.cifer.homocryption.ckks;

import ai.cifer.homocryption.rns.SwitchingKey;

/// Switches from `s²` to `s`, for [CkksEvaluator#relinearize]. Public, immutable.
public final class RelinearizationKey {
  private final CkksParameters parameters;
  private final KeyId keyId;
  private final SwitchingKey key;

  @SuppressWarnings("exports")
  public RelinearizationKey(CkksParameters parameters, KeyId keyId, SwitchingKey key) {
    this.parameters = parameters;
    this.keyId = keyId;
    this.key = key;
  }

  public CkksParameters parameters() {
    return parameters;
  }

  /// The name of the secret key.
  public KeyId keyId() {
    return keyId;
  }

  /// The switching key; not a copy.
  @SuppressWarnings("exports")
  public SwitchingKey key() {
    return key;
  }

  @Override
  public String toString() {
    return "RelinearizationKey(" + parameters.name() + ", " + keyId + ")";
  }
}
