package ai.cifer.homocryption.ckks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.homocryption.rns.RnsPolynomial;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

/// A secret key is zeroed when it is closed, and says nothing of itself.
class CkksSecretKeyTest {
  private static final CkksParameters P = TestParameters.INSECURE_N8;

  @Test
  void closingOverwrites() {
    CkksSecretKey key = new KeyGenerator(P, new SecureRandom()).secretKey();
    RnsPolynomial rows = key.transformed();
    assertThat(rows.isZero()).isFalse();
    key.close();
    assertThat(rows.isZero()).isTrue();
    assertThatThrownBy(key::transformed).hasMessageContaining("closed");
    assertThatThrownBy(key::coefficients).hasMessageContaining("closed");
    key.close();
  }

  @Test
  void closedKeysDecryptNothing() {
    var keys = CkksKeys.generate(P);
    var x = keys.encryptor().encrypt(keys.encoder().encode(new double[] {1}));
    keys.close();
    assertThatThrownBy(() -> keys.decryptor().decrypt(x)).isInstanceOf(IllegalStateException.class);
  }

  /// With a secret of zeros, `b = e + P·g·s²` would show s².
  @Test
  void aKeyThatIsClosedDuringTheWorkMakesNoKeys() {
    CkksSecretKey key = new KeyGenerator(P, new SecureRandom()).secretKey();
    var closing =
        new SecureRandom() {
          @Override
          public void nextBytes(byte[] bytes) {
            super.nextBytes(bytes);
            key.close();
          }
        };
    var generator = new KeyGenerator(P, closing);
    assertThatThrownBy(() -> generator.relinearizationKey(key)).hasMessageContaining("closed");
  }

  /// Each of -1, 0, 1 in a third of N = 256: beyond 256/3 ± 6·sqrt(256·2/9) once in 10^8 runs.
  @Test
  void coefficientsAreTernary() {
    try (CkksSecretKey key = new KeyGenerator(P, new SecureRandom()).secretKey()) {
      int[] counts = new int[3];
      for (byte c : key.coefficients()) {
        counts[c + 1]++;
      }
      for (int count : counts) {
        assertThat(count).isBetween(40, 131);
      }
    }
  }

  @Test
  void nothingOfTheKeyIsInItsText() {
    try (var keys = CkksKeys.generate(P)) {
      String id = keys.secretKey().keyId().toString();
      assertThat(keys.secretKey()).hasToString("CkksSecretKey(INSECURE_N8, " + id + ")");
      assertThat(keys).hasToString("CkksKeys(INSECURE_N8, " + id + ")");
    }
  }
}
