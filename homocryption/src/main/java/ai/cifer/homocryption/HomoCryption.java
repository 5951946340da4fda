package ai.cifer.homocryption;

import ai.cifer.homocryption.ckks.CkksKeys;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.MissingKey;
import ai.cifer.homocryption.ckks.Preset;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A ring of named keys and the operations on what they encrypt: `generateNamedKeys, encrypt, add,
/// mul, relinearize, decrypt`.
///
/// {@snippet class=ai.cifer.homocryption.SnippetsTest region=ring}
///
/// Two kinds of entries: keys generated here, which decrypt, and contexts of others
/// ([#addContext]), which encrypt and compute only. Nothing is written to disk; `cifer keys` makes
/// files. [EncryptedVector] has more operations, and needs no ring.
///
/// Thread-safe. [#close] overwrites all secret keys of the ring.
public final class HomoCryption implements AutoCloseable {
  private final Map<String, NamedKeys> owned = new LinkedHashMap<>();
  private final Map<String, CkksContext> contexts = new LinkedHashMap<>();

  /// An empty ring.
  public HomoCryption() {}

  /// Fresh keys of [Preset#C14], 7 products in a row on vectors of any length, without rotations.
  ///
  /// @param name new in this ring
  public NamedKeys generateNamedKeys(String name) {
    return generateNamedKeys(name, Preset.C14, RotationPlan.none());
  }

  /// Fresh keys.
  ///
  /// @param name new in this ring
  /// @param plan the rotations that `sum`, `dot` and `matmul` will need
  public synchronized NamedKeys generateNamedKeys(String name, Preset preset, RotationPlan plan) {
    requireNew(name);
    CkksParameters parameters = CkksParameters.of(preset);
    NamedKeys keys = new NamedKeys(name, CkksKeys.generate(parameters, plan.steps(parameters)));
    owned.put(name, keys);
    contexts.put(name, keys.context());
    return keys;
  }

  /// Somebody else's public keys: for encrypting and computing.
  ///
  /// @param name new in this ring
  public synchronized void addContext(String name, CkksContext context) {
    requireNew(name);
    contexts.put(name, context);
  }

  private void requireNew(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("name: blank (expected: a name)");
    }
    if (contexts.containsKey(name)) {
      throw new IllegalArgumentException(
          "name: %s is taken (expected: a new one, keys are never replaced: what they encrypted could"
                  .formatted(name)
              + " not be read any more)");
    }
  }

  /// The public keys of a name.
  ///
  /// @throws IllegalArgumentException if there is none
  public synchronized CkksContext context(String name) {
    CkksContext context = contexts.get(name);
    if (context == null) {
      throw new IllegalArgumentException(
          "name: %s is unknown (expected: %s)"
              .formatted(
                  name,
                  contexts.isEmpty()
                      ? "one given to generateNamedKeys before"
                      : "one of " + String.join(", ", contexts.keySet())));
    }
    return context;
  }

  /// Encrypts for the owner of a name.
  ///
  /// @param values at least one, finite; not modified
  public EncryptedVector encrypt(String name, double... values) {
    return context(name).encrypt(values);
  }

  /// Encrypts a matrix for the owner of a name.
  public EncryptedMatrix encrypt(String name, double[][] rows) {
    return context(name).encrypt(rows);
  }

  /// `a + b`, element by element.
  public EncryptedVector add(EncryptedVector a, EncryptedVector b) {
    return a.plus(b);
  }

  /// `a · b`, element by element, not relinearized: it is half as large again and still has the
  /// factors' level. Every operation relinearizes where it must; do it once with [#relinearize] if
  /// the product is used more than once.
  ///
  /// @throws ai.cifer.homocryption.ckks.LevelExhausted if no level is left
  public EncryptedVector mul(EncryptedVector a, EncryptedVector b) {
    return a.multiplied(b);
  }

  /// A product of the usual size again, rescaled: one level lower.
  public EncryptedVector relinearize(EncryptedVector a) {
    return a.relinearized();
  }

  /// Decrypts with the secret key of a name; see [EncryptedVector#decrypt] for what may be done
  /// with the result.
  ///
  /// @throws MissingKey if the ring has only the public keys of this name
  /// @throws ai.cifer.homocryption.ckks.WrongKey if it is encrypted for somebody else
  public double[] decrypt(String name, EncryptedVector a) {
    return a.decrypt(secret(name).secretKey());
  }

  /// Decrypts a matrix; as the vector's.
  public double[][] decrypt(String name, EncryptedMatrix a) {
    return a.decrypt(secret(name).secretKey());
  }

  private synchronized NamedKeys secret(String name) {
    context(name);
    @Nullable NamedKeys keys = owned.get(name);
    if (keys == null) {
      throw new MissingKey(
          "decryption for %s: no secret key (expected: keys generated in this ring); send the"
                  .formatted(name)
              + " ciphertext to the owner, who decrypts");
    }
    return keys;
  }

  @Override
  public synchronized void close() {
    owned.values().forEach(NamedKeys::close);
  }

  @Override
  public synchronized String toString() {
    return "HomoCryption(" + contexts.keySet() + ")";
  }
}
