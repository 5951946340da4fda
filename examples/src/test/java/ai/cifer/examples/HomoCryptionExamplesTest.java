package ai.cifer.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The examples of encryption run, and what they say is true.
@Timeout(240)
class HomoCryptionExamplesTest {

  @TempDir Path folder;

  private final List<String> said = new ArrayList<>();

  @Test
  void _4_aPolynomialByHand() {
    assertThat(_4_CkksBasics.run(said::add)).isLessThan(0x1p-17);
    assertThat(said)
        .anyMatch(line -> line.startsWith("C13(N=2^13, 214 bits, depth 3"))
        .anyMatch(line -> line.matches("x² before .* scale 2\\^80\\.0000000, 3 polynomials"))
        .anyMatch(line -> line.matches("π·x³ \\+ 0\\.4·x \\+ 1 +level 1, .*"))
        .contains("x = 1.00000 gives 4.54159");
    assertThat(said.getLast()).startsWith("a product too many: level: 0 (expected: at least 1");
  }

  @Test
  void _5_sumsByRotations() {
    assertThat(_5_RotationsAndSums.run(said::add)).isCloseTo(36, within(1e-4));
    assertThat(said)
        .contains("rotated by 1         0.250 0.375 0.500 0.625 0.750 0.875 1.000 0.125 ...")
        .contains("their sum, / 8       4.500 4.500 4.500 4.500 4.500 4.500 4.500 4.500 ...")
        .contains("each rotation's key takes 2.6 MB of memory")
        .anyMatch(line -> line.startsWith("not planned: rotation by 3: no key"));
  }

  @Test
  void _6_statisticsOfEncryptedVectors() {
    _6_EncryptedVectors.Results results = _6_EncryptedVectors.run(said::add);
    assertThat(results.mean()).isCloseTo(1, within(1e-3));
    assertThat(results.variance()).isCloseTo(0.125, within(1e-3));
    // The comment says that the polynomial differs by less than 1e-7.
    assertThat(results.worstRisk()).isLessThan(2e-7);
    assertThat(said)
        .anyMatch(line -> line.contains("length 1000 in 1 ciphertext, C14, level 7 of 7"))
        .anyMatch(line -> line.startsWith("too deep: level: 1 (expected: at least 5"));
  }

  @Test
  void _7_matrices() {
    assertThat(_7_MatrixVector.run(said::add)).isLessThan(1e-5);
    assertThat(said)
        .contains("RotationPlan.none().withMatrix(128, 128) needs 22 rotations")
        .contains("EncryptedMatrix(500 x 3, C13, level 3 of 3)")
        .anyMatch(line -> line.contains("those of RotationPlan.none().withMatrix(2, 500)"));
  }

  @Test
  void _8_twoOfThreeDecrypt() throws IOException {
    assertThat(_8_ThresholdDecryption.run(folder, said::add)).isCloseTo(1.375 / 3, within(2e-7));
    assertThat(said)
        .anyMatch(line -> line.startsWith("hospital 3, asked again: ciphertext"))
        .anyMatch(line -> line.contains("expected: one, ever"));
  }

  @Test
  void _9_exactSumsOfIntegers() {
    long[] opened = _9_Paillier.run(said::add);
    for (int i = 0; i < opened.length; i++) {
      assertThat(opened[i]).isEqualTo(1_048_575 - 6L * i);
    }
    assertThat(said)
        .contains("17 · 3 + 25 = 76")
        .anyMatch(line -> line.startsWith("1000 numbers in 10 ciphertexts, 7.7"))
        .anyMatch(line -> line.startsWith("400 vectors: summands: 400 (expected: at most 256)"));
  }

  @Test
  void _10_twoPartiesExchangeFiles() throws Exception {
    // 0.5·0.5 - 1·0.25 - 0.25·1 + 3·0.125
    assertThat(_10_KeysAndFiles.run(folder, said::add)).hasSize(1);
    assertThat(said)
        .contains("cifer keys generate ended with 0", "the owner reads 0.125000")
        .anyMatch(line -> line.startsWith("galois_keys: CKKS Galois keys, "))
        .anyMatch(line -> line.startsWith("a flipped bit: checksum of a CKKS ciphertext"));
  }
}
