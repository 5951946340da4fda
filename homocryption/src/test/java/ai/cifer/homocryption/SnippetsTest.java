package ai.cifer.homocryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.homocryption.ckks.CkksKeys;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.Preset;
import org.junit.jupiter.api.Test;

/// The regions shown in Javadoc, which compile and hold.
class SnippetsTest {

  @Test
  void context() {
    // @start region="context"
    try (CkksKeys keys = CkksKeys.generate(CkksParameters.of(Preset.C14))) {
      CkksContext ckks = CkksContext.of(keys);
      EncryptedVector x = ckks.encrypt(1, 2, 3);
      double[] y = x.times(x).plus(1).decrypt(keys.secretKey()); // 2, 5, 10
      // @end
      assertThat(y).containsExactly(new double[] {2, 5, 10}, within(1e-5));
    }
  }

  @Test
  void ring() {
    // @start region="ring"
    try (var homo = new HomoCryption()) {
      homo.generateNamedKeys("clinic");
      EncryptedVector a = homo.encrypt("clinic", 1, 2, 3);
      EncryptedVector b = homo.encrypt("clinic", 4, 5, 6);
      EncryptedVector c = homo.relinearize(homo.mul(homo.add(a, b), b));
      double[] values = homo.decrypt("clinic", c); // 20, 35, 54
      // @end
      assertThat(values).containsExactly(new double[] {20, 35, 54}, within(1e-5));
    }
  }

  @Test
  void plan() {
    try (var homo = new HomoCryption()) {
      // @start region="plan"
      RotationPlan plan = RotationPlan.none().withSums(4).withMatrix(2, 4);
      NamedKeys keys = homo.generateNamedKeys("alice", Preset.C13, plan);
      // @end
      EncryptedVector x = keys.context().encrypt(1, 2, 3, 1);
      assertThat(homo.decrypt("alice", x.sum())[0]).isCloseTo(7, within(1e-4));
    }
  }
}
