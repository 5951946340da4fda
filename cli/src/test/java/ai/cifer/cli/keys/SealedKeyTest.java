package ai.cifer.cli.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.homocryption.codec.FormKind;
import ai.cifer.homocryption.codec.ParameterDigest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SealedKeyTest {
  /// Cheap: what is tested here does not depend on the cost.
  private static final StretchCost CHEAP = new StretchCost(64, 1, 1);

  private static final ParameterDigest DIGEST = ParameterDigest.of("test", "test", 1);
  private static final byte[] FORM = "a secret key's form".getBytes(StandardCharsets.US_ASCII);

  private static Passphrase words(String words) {
    return Passphrase.ofTyped(words.toCharArray());
  }

  private static byte[] sealed() {
    return SealedKey.seal(
        FormKind.CKKS_SECRET_KEY, DIGEST, FORM, words("correct horse"), CHEAP, new SecureRandom());
  }

  @Test
  void whatWasSealed_opens() throws CommandFailed {
    byte[] file = sealed();
    assertThat(SealedKey.open(file, words("correct horse"), "key")).isEqualTo(FORM);
    assertThat(new String(file, StandardCharsets.ISO_8859_1)).doesNotContain("a secret key's form");
    SealedKeyDescriptor.Header header = SealedKeyDescriptor.read(file, "key");
    assertThat(header.kind()).isEqualTo(FormKind.CKKS_SECRET_KEY);
    assertThat(header.digest()).isEqualTo(DIGEST);
    assertThat(header.cost()).isEqualTo(CHEAP);
  }

  @Test
  void twoFilesOfOneKey_haveNothingInCommonButTheHeader() {
    byte[] one = Arrays.copyOfRange(sealed(), 32, 64);
    byte[] other = Arrays.copyOfRange(sealed(), 32, 64);
    assertThat(one).isNotEqualTo(other);
  }

  @Test
  void anotherPassphrase_isSaidToBeWrong() {
    assertThat(failure(sealed(), "correct hors")).isEqualTo(ExitCode.WRONG_PASSPHRASE);
  }

  @Test
  void everyFlippedByte_isDamage() {
    byte[] file = sealed();
    for (int i = 8; i < file.length; i++) {
      byte[] flipped = file.clone();
      flipped[i] ^= 0x10;
      assertThat(failure(flipped, "correct horse"))
          .as("byte %d", i)
          .isEqualTo(ExitCode.KEY_FILE_DAMAGED);
    }
  }

  @Test
  void everyTruncation_isDamage() {
    byte[] file = sealed();
    for (int length = 8; length < file.length; length++) {
      assertThat(failure(Arrays.copyOf(file, length), "correct horse"))
          .as("%d bytes", length)
          .isEqualTo(ExitCode.KEY_FILE_DAMAGED);
    }
    assertThat(failure(Arrays.copyOf(file, file.length + 1), "correct horse"))
        .isEqualTo(ExitCode.KEY_FILE_DAMAGED);
  }

  /// Whoever changes a file on purpose mends the checksums; the tag covers header and body.
  @ParameterizedTest
  @CsvSource({"12", "64", "95", "100", "110"})
  void aChangeOnPurpose_doesNotOpen(int at) {
    byte[] file = sealed();
    // Kind 0x0202 becomes 0x0102, which is a secret key too.
    file[at == 12 ? 13 : at] ^= (byte) (at == 12 ? 0x03 : 0x01);
    mend(file);
    assertThat(failure(file, "correct horse")).isEqualTo(ExitCode.WRONG_PASSPHRASE);
  }

  @ParameterizedTest
  @CsvSource({
    "16, 0x7fffffff",
    "16, -1",
    "16, 7",
    "20, 0",
    "20, 17",
    "24, 0",
    "24, 17",
    "24, 0x7fffffff"
  })
  void costsOutOfBounds_areRefusedBeforeTheyArePaid(int at, String value) {
    byte[] file = sealed();
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(at, Integer.decode(value));
    mend(file);
    assertThat(failure(file, "correct horse")).isEqualTo(ExitCode.KEY_FILE_DAMAGED);
  }

  @Test
  void aNewerVersion_isNamed() {
    byte[] file = sealed();
    file[8] = 2;
    mend(file);
    assertThatThrownBy(() -> SealedKey.open(file, words("correct horse"), "key"))
        .hasMessageContaining("version 2 of a sealed key (expected: 1)");
  }

  /// From the reference implementation's `src/test.c` (phc-winner-argon2, version 1.3, t = 2, m =
  /// 2^16, p = 1).
  @Test
  void argon2id_knownAnswer() {
    assertThat(
            HexFormat.of()
                .formatHex(
                    SealedKey.stretch(
                        words("password"),
                        "somesalt".getBytes(StandardCharsets.US_ASCII),
                        new StretchCost(1 << 16, 2, 1))))
        .isEqualTo("09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
  }

  private static void mend(byte[] file) {
    ByteBuffer out = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(96, SealedKeyDescriptor.checksum(file, 96));
    out.putInt(file.length - 4, SealedKeyDescriptor.checksum(file, file.length - 4));
  }

  private static ExitCode failure(byte[] file, String words) {
    return catchThrowableOfType(
            CommandFailed.class, () -> SealedKey.open(file, words(words), "key"))
        .code();
  }
}
