package ai.cifer.homocryption.ckks;

import ai.cifer.homocryption.rns.KeySwitching;
import ai.cifer.homocryption.rns.RnsArithmetic;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import ai.cifer.homocryption.rns.SwitchingKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rotations and conjugation: `c_1` is switched from s to `σ^-1(s)`, then σ is applied to both
/// polynomials (see [GaloisKeys]).
final class GaloisOperations {
  private final CkksParameters parameters;
  private final @Nullable GaloisKeys galoisKeys;
  private final RnsArithmetic arithmetic;
  private final RnsRing ring;
  private final KeySwitching keySwitching;

  GaloisOperations(
      CkksParameters parameters, @Nullable GaloisKeys galoisKeys, RnsArithmetic arithmetic) {
    this.parameters = parameters;
    this.galoisKeys = galoisKeys;
    this.arithmetic = arithmetic;
    this.ring = parameters.ring();
    this.keySwitching = parameters.keySwitching();
  }

  CkksCiphertext rotate(CkksCiphertext a, int steps) {
    return apply(a, GaloisKeys.element(parameters, steps), "rotation by " + steps);
  }

  CkksCiphertext conjugate(CkksCiphertext a) {
    return apply(a, GaloisKeys.conjugation(parameters), "conjugation");
  }

  private CkksCiphertext apply(CkksCiphertext a, long element, String operation) {
    if (element == 1) {
      return a;
    }
    SwitchingKey key = key(a, element, operation);
    return ciphertext(
        a, keySwitching.apply(a.polynomial(1), key, finish(a, element), arithmetic.rows()));
  }

  List<CkksCiphertext> rotations(CkksCiphertext a, int... steps) {
    List<SwitchingKey> keys = new ArrayList<>();
    List<KeySwitching.Finish> finishes = new ArrayList<>();
    for (int step : steps) {
      long element = GaloisKeys.element(parameters, step);
      if (element != 1) {
        keys.add(key(a, element, "rotation by " + step));
        finishes.add(finish(a, element));
      }
    }
    KeySwitching.Digits digits = keySwitching.decompose(a.polynomial(1), arithmetic.rows());
    var pairs = keySwitching.apply(digits, keys, finishes, arithmetic.rows()).iterator();
    keySwitching.release(digits);
    List<CkksCiphertext> results = new ArrayList<>();
    for (int step : steps) {
      boolean turned = GaloisKeys.element(parameters, step) != 1;
      results.add(turned ? ciphertext(a, pairs.next()) : a);
    }
    return results;
  }

  private KeySwitching.Finish finish(CkksCiphertext a, long element) {
    return new KeySwitching.Finish(a.polynomial(0), ring.automorphism(element));
  }

  private CkksCiphertext ciphertext(CkksCiphertext a, RnsPolynomial[] pair) {
    return new CkksCiphertext(
        parameters, a.keyId(), List.of(pair[0], pair[1]), a.level(), a.scale());
  }

  private SwitchingKey key(CkksCiphertext a, long element, String operation) {
    GaloisKeys keys = galoisKeys;
    if (keys == null) {
      throw new MissingKey(
          operation + ": no keys (expected: an evaluator made with GaloisKeys for it)");
    }
    Require.key(a.keyId(), keys.keyId());
    return keys.key(element, operation);
  }
}
