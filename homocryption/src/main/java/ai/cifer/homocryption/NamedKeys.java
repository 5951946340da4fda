package ai.cifer.homocryption;

import ai.cifer.homocryption.ckks.CkksKeys;
import ai.cifer.homocryption.ckks.CkksSecretKey;

/// The keys of one owner under a name. The context is for everybody; the secret key is for nobody
/// else, and [#close] overwrites it.
///
/// @see HomoCryption#generateNamedKeys(String)
public final class NamedKeys implements AutoCloseable {
  private final String name;
  private final CkksKeys keys;
  private final CkksContext context;

  NamedKeys(String name, CkksKeys keys) {
    this.name = name;
    this.keys = keys;
    this.context = CkksContext.of(keys);
  }

  public String name() {
    return name;
  }

  /// What others get: they encrypt for the owner and compute, and cannot decrypt.
  public CkksContext context() {
    return context;
  }

  /// What decrypts.
  public CkksSecretKey secretKey() {
    return keys.secretKey();
  }

  /// All keys, for the classes of [ai.cifer.homocryption.ckks].
  public CkksKeys keys() {
    return keys;
  }

  @Override
  public void close() {
    keys.close();
  }

  @Override
  public String toString() {
    return "NamedKeys(" + name + ", " + context + ")";
  }
}
