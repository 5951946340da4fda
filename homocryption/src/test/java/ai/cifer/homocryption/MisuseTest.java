package ai.cifer.homocryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.homocryption.ckks.CkksKeys;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.LevelExhausted;
import ai.cifer.homocryption.ckks.MissingKey;
import ai.cifer.homocryption.ckks.Preset;
import ai.cifer.homocryption.ckks.TestParameters;
import ai.cifer.homocryption.ckks.TransparentCiphertext;
import ai.cifer.homocryption.ckks.ValueOutOfRange;
import ai.cifer.homocryption.ckks.WrongKey;
import org.junit.jupiter.api.Test;

/// What people get wrong is an exception that says what to do.
class MisuseTest {
  private static final CkksParameters P = TestParameters.INSECURE_N10;
  private static final CkksKeys KEYS = CkksKeys.generate(P);
  private static final CkksContext CKKS = CkksContext.of(KEYS);
  private static final CkksKeys OTHERS = CkksKeys.generate(P);

  private final EncryptedVector x = CKKS.encrypt(1, 2, 3);

  @Test
  void noLevelLeft() {
    EncryptedVector last = x.atLevel(0);
    assertThatThrownBy(() -> last.times(x))
        .isInstanceOf(LevelExhausted.class)
        .hasMessage(
            "level: 0 (expected: at least 1 for times); INSECURE_N10 has 6 in all, one for each"
                + " product in a row: take a preset of more depth, or let the owner decrypt and"
                + " encrypt again");
    assertThatThrownBy(() -> last.times(2)).isInstanceOf(LevelExhausted.class);
    assertThatThrownBy(() -> last.times(new double[] {1, 2, 3})).isInstanceOf(LevelExhausted.class);
    assertThatThrownBy(() -> x.atLevel(2).polynomial(1, 1, 1, 1, 1))
        .isInstanceOf(LevelExhausted.class)
        .hasMessageContaining("level: 2 (expected: at least 3 for a polynomial of degree 4)");
    assertThatThrownBy(() -> last.atLevel(1))
        .isInstanceOf(LevelExhausted.class)
        .hasMessageContaining("never regained");
  }

  @Test
  void missingRotations_areAllNamedWithThePlan() {
    assertThatThrownBy(x::sum)
        .isInstanceOf(MissingKey.class)
        .hasMessage(
            "sum of 3 elements: no keys for rotations by 1, 2 (expected: those of"
                + " RotationPlan.none().withSums(3)); the owner of the secret key generates keys with"
                + " that plan");
    assertThatThrownBy(() -> x.premultiply(new double[5][3]))
        .isInstanceOf(MissingKey.class)
        .hasMessageContaining("premultiply of 5 x 3")
        .hasMessageContaining("RotationPlan.none().withMatrix(5, 3)");
  }

  @Test
  void lengthsThatDoNotFit() {
    assertThatThrownBy(() -> x.plus(CKKS.encrypt(1, 2)))
        .isInstanceOf(ShapeMismatch.class)
        .hasMessage("plus: length 2 (expected: 3, that of the encrypted vector)");
    assertThatThrownBy(() -> x.times(new double[4])).isInstanceOf(ShapeMismatch.class);
    assertThatThrownBy(CKKS::encrypt)
        .isInstanceOf(ShapeMismatch.class)
        .hasMessageContaining("length: 0");
  }

  @Test
  void anotherKey() {
    EncryptedVector others = CkksContext.of(OTHERS).encrypt(1, 2, 3);
    assertThatThrownBy(() -> x.plus(others)).isInstanceOf(WrongKey.class);
    assertThatThrownBy(() -> x.times(others)).isInstanceOf(WrongKey.class);
    assertThatThrownBy(() -> x.decrypt(OTHERS.secretKey())).isInstanceOf(WrongKey.class);
    assertThatThrownBy(() ->
            CkksContext.of(KEYS.publicKey(), OTHERS.relinearizationKey(), OTHERS.galoisKeys()))
        .isInstanceOf(WrongKey.class);
  }

  /// All ciphertexts of a vector are looked at, not the first one only.
  @Test
  void aLaterCiphertextOfAnotherScale() {
    EncryptedVector wide = CKKS.encrypt(new double[600]);
    var first = wide.ciphertexts().getFirst();
    var tripled = CKKS.evaluator().multiply(wide.ciphertexts().getLast(), 3);
    assertThatThrownBy(() -> CKKS.vector(600, java.util.List.of(first, tripled)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not relinearized or of another scale");
  }

  /// A vector that went through bytes computes on, and one that does not fit is refused.
  @Test
  void ciphertextsThatAreNoVector() throws java.io.IOException {
    var out = new java.io.ByteArrayOutputStream();
    x.ciphertexts().getFirst().write(out);
    var received =
        ai.cifer.homocryption.ckks.CkksCiphertext.read(
            P, new java.io.ByteArrayInputStream(out.toByteArray()));
    assertThat(CKKS.vector(3, java.util.List.of(received)).times(2).decrypt(KEYS.secretKey()))
        .containsExactly(new double[] {2, 4, 6}, within(1e-5));
    assertThatThrownBy(() -> CKKS.vector(513, java.util.List.of(received)))
        .isInstanceOf(ShapeMismatch.class)
        .hasMessage("ciphertexts: 1 (expected: 2 for 513 elements)");
    assertThatThrownBy(() -> CkksContext.of(OTHERS).vector(3, java.util.List.of(received)))
        .isInstanceOf(WrongKey.class);
    var product = CKKS.evaluator().multiply(received, received);
    assertThatThrownBy(() -> CKKS.vector(3, java.util.List.of(product)))
        .hasMessageContaining("relinearize and rescale them");
  }

  @Test
  void transparentResults() {
    assertThatThrownBy(() -> x.minus(x)).isInstanceOf(TransparentCiphertext.class);
    assertThatThrownBy(() -> x.times(0)).isInstanceOf(TransparentCiphertext.class);
    assertThatThrownBy(() -> x.times(new double[3])).isInstanceOf(TransparentCiphertext.class);
  }

  @Test
  void valuesThatAreNoNumbers() {
    assertThatThrownBy(() -> CKKS.encrypt(1, Double.NaN)).isInstanceOf(ValueOutOfRange.class);
    assertThatThrownBy(() -> x.times(Double.POSITIVE_INFINITY)).isInstanceOf(ValueOutOfRange.class);
  }

  /// At level 0 numbers up to 512 fit here; without the check 600 would decrypt to something else.
  @Test
  void valuesThatOutgrowTheModulus_areNotDecrypted() {
    double[] large = new double[P.slots()];
    java.util.Arrays.fill(large, 300);
    EncryptedVector fits = CKKS.encrypt(large).atLevel(0);
    assertThat(fits.largestValue()).isBetween(500.0, 520.0);
    assertThat(fits.decrypt(KEYS.secretKey())[7]).isCloseTo(300, within(1e-3));
    double[] random = new double[P.slots()];
    for (int i = 0; i < random.length; i++) {
      random[i] = 40_000 * Math.sin(i);
    }
    EncryptedVector outgrown = CKKS.encrypt(random).atLevel(0);
    assertThatThrownBy(() -> outgrown.decrypt(KEYS.secretKey()))
        .isInstanceOf(ValueOutOfRange.class)
        .hasMessageContaining("outgrew the modulus of level 0")
        .hasMessageContaining("scale the inputs down");
  }

  @Test
  void namesOfTheRing() {
    try (HomoCryption homo = new HomoCryption()) {
      assertThatThrownBy(() -> homo.encrypt("alice", 1))
          .hasMessage("name: alice is unknown (expected: one given to generateNamedKeys before)");
      NamedKeys alice = homo.generateNamedKeys("alice", Preset.C13, RotationPlan.none());
      assertThatThrownBy(() -> homo.generateNamedKeys("alice"))
          .hasMessageContaining("alice is taken");
      assertThatThrownBy(() -> homo.context("bob"))
          .hasMessage("name: bob is unknown (expected: one of alice)");
      homo.addContext("carol", CkksContext.of(CkksKeys.generate(CkksParameters.of(Preset.C13))));
      EncryptedVector forCarol = homo.encrypt("carol", 1, 2);
      assertThatThrownBy(() -> homo.decrypt("carol", forCarol))
          .isInstanceOf(MissingKey.class)
          .hasMessageContaining("send the ciphertext to the owner");
      assertThatThrownBy(() -> homo.decrypt("alice", forCarol)).isInstanceOf(WrongKey.class);
      assertThat(alice.toString() + homo).doesNotContain("coefficients");
    }
  }

  @Test
  void aClosedRing_decryptsNothing() {
    HomoCryption homo = new HomoCryption();
    homo.generateNamedKeys("alice", Preset.C13, RotationPlan.none());
    EncryptedVector a = homo.encrypt("alice", 1);
    homo.close();
    assertThatThrownBy(() -> homo.decrypt("alice", a)).isInstanceOf(IllegalStateException.class);
  }
}
