package ai.cifer.homocryption.ckks;

import java.security.SecureRandom;
import java.util.Collection;
import java.util.List;

/// All keys of one owner, and the objects that work with them.
///
/// ```java
/// try (var keys = CkksKeys.generate(CkksParameters.of(Preset.C14))) {
///   var x = keys.encryptor().encrypt(keys.encoder().encode(values));
///   var y = keys.evaluator().relinearize(keys.evaluator().multiply(x, x));
/// }
/// ```
///
/// [#close()] overwrites the secret key. Immutable; thread-safe.
public final class CkksKeys implements AutoCloseable {
  private final CkksSecretKey secretKey;
  private final CkksPublicKey publicKey;
  private final RelinearizationKey relinearizationKey;
  private final GaloisKeys galoisKeys;
  private final SecureRandom random;
  private final CkksEncoder encoder;

  private CkksKeys(
      CkksSecretKey secretKey,
      CkksPublicKey publicKey,
      RelinearizationKey relinearizationKey,
      GaloisKeys galoisKeys,
      SecureRandom random) {
    this.secretKey = secretKey;
    this.publicKey = publicKey;
    this.relinearizationKey = relinearizationKey;
    this.galoisKeys = galoisKeys;
    this.random = random;
    this.encoder = new CkksEncoder(secretKey.parameters());
  }

  /// Fresh keys without rotations.
  public static CkksKeys generate(CkksParameters parameters) {
    return generate(parameters, List.of(), false);
  }

  /// Fresh keys with the rotations to the left that the computation needs.
  public static CkksKeys generate(CkksParameters parameters, Collection<Integer> rotations) {
    return generate(parameters, rotations, false);
  }

  /// Fresh keys with rotations and, if wanted, conjugation.
  public static CkksKeys generate(
      CkksParameters parameters, Collection<Integer> rotations, boolean conjugation) {
    return generate(parameters, rotations, conjugation, new SecureRandom());
  }

  /// Fresh keys from a given generator.
  public static CkksKeys generate(
      CkksParameters parameters,
      Collection<Integer> rotations,
      boolean conjugation,
      SecureRandom random) {
    var generator = new KeyGenerator(parameters, random);
    CkksSecretKey secret = generator.secretKey();
    return new CkksKeys(
        secret,
        generator.publicKey(secret),
        generator.relinearizationKey(secret),
        generator.galoisKeys(secret, rotations, conjugation),
        random);
  }

  public CkksParameters parameters() {
    return secretKey.parameters();
  }

  public CkksSecretKey secretKey() {
    return secretKey;
  }

  public CkksPublicKey publicKey() {
    return publicKey;
  }

  public RelinearizationKey relinearizationKey() {
    return relinearizationKey;
  }

  public GaloisKeys galoisKeys() {
    return galoisKeys;
  }

  public CkksEncoder encoder() {
    return encoder;
  }

  /// An encryptor that can also make the seeded form.
  public CkksEncryptor encryptor() {
    return new CkksEncryptor(publicKey, secretKey, random);
  }

  public CkksDecryptor decryptor() {
    return new CkksDecryptor(secretKey);
  }

  /// An evaluator on the caller's thread with these keys.
  public CkksEvaluator evaluator() {
    return new CkksEvaluator(relinearizationKey, galoisKeys);
  }

  @Override
  public void close() {
    secretKey.close();
  }

  @Override
  public String toString() {
    return "CkksKeys(" + parameters().name() + ", " + secretKey.keyId() + ")";
  }
}
