package ai.cifer.homocryption.ckks;

import ai.cifer.homocryption.rns.SwitchingKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

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

  /// Writes the relinearization key, half of it as a seed.
  public void write(OutputStream out) throws IOException {
    CkksForms.write(this, out);
  }

  /// Reads a relinearization key.
  ///
  /// @param in left after the form
  /// @throws ai.cifer.homocryption.codec.FormatException if the bytes are not that, or of other
  ///   parameters
  public static RelinearizationKey read(CkksParameters parameters, InputStream in)
      throws IOException {
    return CkksForms.readRelinearizationKey(parameters, in);
  }

  @Override
  public String toString() {
    return "RelinearizationKey(" + parameters.name() + ", " + keyId + ")";
  }
}
