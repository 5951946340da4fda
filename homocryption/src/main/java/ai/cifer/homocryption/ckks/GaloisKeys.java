package ai.cifer.homocryption.ckks;

import ai.cifer.homocryption.rns.SwitchingKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Switching keys for rotations and conjugation, one for each that was asked for. Public,
/// immutable.
///
/// The key of the automorphism `σ: X → X^g` switches from s to `σ^-1(s)`, so that the automorphism
/// is applied last, to two polynomials instead of to every digit.
public final class GaloisKeys {
  private final CkksParameters parameters;
  private final KeyId keyId;
  private final Map<Long, SwitchingKey> keys;

  /// @param keys by Galois element g
  @SuppressWarnings("exports")
  public GaloisKeys(CkksParameters parameters, KeyId keyId, Map<Long, SwitchingKey> keys) {
    this.parameters = parameters;
    this.keyId = keyId;
    this.keys = new TreeMap<>(keys);
  }

  /// The Galois element of a rotation to the left: `5^steps mod 2N`; negative steps rotate right.
  public static long element(CkksParameters parameters, int steps) {
    long mask = 2L * parameters.degree() - 1;
    int power = Math.floorMod(steps, parameters.slots());
    long element = 1;
    for (long base = 5; power > 0; power >>= 1, base = (base * base) & mask) {
      if ((power & 1) == 1) {
        element = (element * base) & mask;
      }
    }
    return element;
  }

  /// The Galois element of conjugation, `2N - 1`.
  public static long conjugation(CkksParameters parameters) {
    return 2L * parameters.degree() - 1;
  }

  /// The rotations that [CkksEvaluator#innerSum] needs.
  public static List<Integer> innerSumRotations(int stride, int count) {
    List<Integer> rotations = new ArrayList<>();
    int summed = 0;
    for (int width = 1; width <= count; width *= 2) {
      if ((count & width) != 0) {
        if (summed > 0) {
          rotations.add(summed * stride);
        }
        summed += width;
      }
      if (2 * width <= count) {
        rotations.add(width * stride);
      }
    }
    return rotations;
  }

  public CkksParameters parameters() {
    return parameters;
  }

  /// The name of the secret key.
  public KeyId keyId() {
    return keyId;
  }

  /// The Galois elements that there are keys for.
  public Set<Long> elements() {
    return Set.copyOf(keys.keySet());
  }

  /// Whether there is a key for a rotation.
  public boolean hasRotation(int steps) {
    return keys.containsKey(element(parameters, steps));
  }

  /// The key of a Galois element.
  ///
  /// @param operation what needs it, for the message
  SwitchingKey key(long element, String operation) {
    SwitchingKey key = keys.get(element);
    if (key == null) {
      throw new MissingKey(
          operation
              + ": no key (expected: a Galois key for it); name this rotation when the keys are"
              + " generated: KeyGenerator.galoisKeys");
    }
    return key;
  }

  Map<Long, SwitchingKey> keys() {
    return keys;
  }

  /// Writes the Galois keys, half of them as seeds.
  public void write(OutputStream out) throws IOException {
    CkksForms.write(this, out);
  }

  /// Reads Galois keys.
  ///
  /// @param in left after the form
  /// @throws ai.cifer.homocryption.codec.FormatException if the bytes are not that, or of other
  ///   parameters
  public static GaloisKeys read(CkksParameters parameters, InputStream in) throws IOException {
    return CkksForms.readGaloisKeys(parameters, in);
  }

  @Override
  public String toString() {
    return "GaloisKeys(" + parameters.name() + ", " + keyId + ", " + keys.size() + " keys)";
  }
}
