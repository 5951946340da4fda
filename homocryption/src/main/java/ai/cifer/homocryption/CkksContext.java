package ai.cifer.homocryption;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksEncoder;
import ai.cifer.homocryption.ckks.CkksEncryptor;
import ai.cifer.homocryption.ckks.CkksEvaluator;
import ai.cifer.homocryption.ckks.CkksKeys;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.CkksPublicKey;
import ai.cifer.homocryption.ckks.GaloisKeys;
import ai.cifer.homocryption.ckks.KeyId;
import ai.cifer.homocryption.ckks.MissingKey;
import ai.cifer.homocryption.ckks.RelinearizationKey;
import ai.cifer.homocryption.ckks.WrongKey;
import ai.cifer.homocryption.rns.RnsLift;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/// All that whoever computes on encrypted vectors needs and may have: parameters and public keys.
/// Encrypts; cannot decrypt.
///
/// {@snippet class=ai.cifer.homocryption.SnippetsTest region=context}
///
/// **Guarantees**: who has the context and ciphertexts learns lengths, and nothing of the values
/// (IND-CPA under RLWE). **Does not guarantee**: that results were computed as agreed; secrecy
/// against who sees decrypted results, see [ai.cifer.homocryption.ckks.CkksDecryptor].
///
/// Immutable, without global state; safe to share between threads.
public final class CkksContext {
  private final CkksParameters parameters;
  private final CkksPublicKey publicKey;
  private final RelinearizationKey relinearizationKey;
  private final GaloisKeys galoisKeys;
  private final CkksEncoder encoder;
  private final CkksEncryptor encryptor;
  private final CkksEvaluator evaluator;
  private final RnsLift lift;

  private CkksContext(
      CkksPublicKey publicKey,
      RelinearizationKey relinearizationKey,
      GaloisKeys galoisKeys,
      CkksEncoder encoder,
      CkksEncryptor encryptor,
      CkksEvaluator evaluator,
      RnsLift lift) {
    this.parameters = publicKey.parameters();
    this.publicKey = publicKey;
    this.relinearizationKey = relinearizationKey;
    this.galoisKeys = galoisKeys;
    this.encoder = encoder;
    this.encryptor = encryptor;
    this.evaluator = evaluator;
    this.lift = lift;
  }

  /// The public part of an owner's keys; the secret key stays where it is.
  public static CkksContext of(CkksKeys keys) {
    return of(keys.publicKey(), keys.relinearizationKey(), keys.galoisKeys());
  }

  /// Public keys that an owner sent.
  ///
  /// @throws ai.cifer.homocryption.ckks.WrongKey if they are of different secret keys
  public static CkksContext of(
      CkksPublicKey publicKey, RelinearizationKey relinearizationKey, GaloisKeys galoisKeys) {
    CkksParameters parameters = publicKey.parameters();
    requireKey(relinearizationKey.keyId(), publicKey.keyId());
    return new CkksContext(
        publicKey,
        relinearizationKey,
        galoisKeys,
        new CkksEncoder(parameters),
        new CkksEncryptor(publicKey, new SecureRandom()),
        new CkksEvaluator(relinearizationKey, galoisKeys),
        new RnsLift(parameters.ring()));
  }

  /// The same context, whose operations spread over an executor.
  ///
  /// @param parallelism threads that work on one operation, the caller's included
  public CkksContext on(Executor executor, int parallelism) {
    return new CkksContext(
        publicKey,
        relinearizationKey,
        galoisKeys,
        encoder,
        encryptor,
        evaluator.on(executor, parallelism),
        lift);
  }

  public CkksParameters parameters() {
    return parameters;
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

  /// For operations that vectors do not have.
  public CkksEvaluator evaluator() {
    return evaluator;
  }

  public CkksEncoder encoder() {
    return encoder;
  }

  /// Numbers that one ciphertext holds; longer vectors take several.
  public int slots() {
    return parameters.slots();
  }

  /// Encrypts a vector, with all levels left.
  ///
  /// Error: a standard deviation of `3.19·sqrt(4N/3)·sqrt(N)/scale` in each number: 2^-25 with C13,
  /// 2^-29 with C14, 2^-28 with C15.
  ///
  /// @param values at least one, finite; not modified
  /// @throws ai.cifer.homocryption.ckks.ValueOutOfRange if a value is not finite or far too large
  public EncryptedVector encrypt(double... values) {
    Packing packing = Packing.of(values.length, slots());
    List<CkksCiphertext> parts = new ArrayList<>(packing.pieces());
    for (int piece = 0; piece < packing.pieces(); piece++) {
      parts.add(encryptor.encrypt(encoder.encode(packing.slotsOf(values, piece))));
    }
    return new EncryptedVector(this, packing, parts);
  }

  /// A vector whose ciphertexts were received or computed otherwise, as
  /// [EncryptedVector#ciphertexts] gives them.
  ///
  /// @param length number of elements
  /// @param ciphertexts of one level, relinearized, with the level's canonical scale
  /// @throws ShapeMismatch if it takes another number of ciphertexts
  /// @throws WrongKey if one is encrypted under another key
  public EncryptedVector vector(int length, List<CkksCiphertext> ciphertexts) {
    Packing packing = Packing.of(length, slots());
    if (ciphertexts.size() != packing.pieces()) {
      throw new ShapeMismatch(
          "ciphertexts: %d (expected: %d for %d elements)"
              .formatted(ciphertexts.size(), packing.pieces(), length));
    }
    int level = ciphertexts.getFirst().level();
    for (CkksCiphertext ciphertext : ciphertexts) {
      requireKey(ciphertext.keyId(), publicKey.keyId());
      if (ciphertext.level() != level) {
        throw new ShapeMismatch(
            "level: %d (expected: %d, that of the first ciphertext)"
                .formatted(ciphertext.level(), level));
      }
    }
    EncryptedVector vector = new EncryptedVector(this, packing, ciphertexts);
    if (!vector.isRelinearized()) {
      throw new IllegalArgumentException(
          "ciphertexts: not relinearized or of another scale (expected: the canonical scale of"
              + " their level); relinearize and rescale them, or use CkksEvaluator.matchTo");
    }
    return vector;
  }

  /// Encrypts a matrix, one vector for each column.
  ///
  /// @param rows rows of one length, at least one; not modified
  public EncryptedMatrix encrypt(double[][] rows) {
    int columns = EncryptedMatrix.columnsOf(rows);
    List<EncryptedVector> vectors = new ArrayList<>(columns);
    for (int j = 0; j < columns; j++) {
      double[] column = new double[rows.length];
      for (int i = 0; i < rows.length; i++) {
        column[i] = rows[i][j];
      }
      vectors.add(encrypt(column));
    }
    return new EncryptedMatrix(this, vectors);
  }

  static void requireKey(KeyId actual, KeyId expected) {
    if (!actual.equals(expected)) {
      throw new WrongKey(
          "key: %s (expected: %s); what is combined must belong to one secret key"
              .formatted(actual, expected));
    }
  }

  /// A fresh encryption of zeros, where a product with zeros would show its message.
  CkksCiphertext zero(int level, double scale) {
    return encryptor.encrypt(encoder.encode(new double[0], level, scale));
  }

  RnsLift lift() {
    return lift;
  }

  /// @param cure the plan that has them
  /// @throws MissingKey naming all rotations that there is no key for
  void requireRotations(String operation, Iterable<Integer> steps, RotationPlan cure) {
    List<Integer> missing = new ArrayList<>();
    for (int step : steps) {
      if (!galoisKeys.hasRotation(step)) {
        missing.add(step);
      }
    }
    if (!missing.isEmpty()) {
      String all = missing.stream().map(String::valueOf).collect(Collectors.joining(", "));
      throw new MissingKey(
          operation
              + ": no keys for rotations by "
              + all
              + " (expected: those of "
              + cure
              + "); the owner of the secret key generates keys with that plan");
    }
  }

  @Override
  public String toString() {
    return "CkksContext(" + parameters.name() + ", key " + publicKey.keyId() + ")";
  }
}
