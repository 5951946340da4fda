package ai.cifer.homocryption.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.homocryption.ring.AesCtrStream.Purpose;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class AesCtrStreamTest {
  private static final byte[] SEED = HexFormat.of().parseHex("0123456789abcdef".repeat(4));

  /// The drawing of the class, byte by byte: block i of a stream is the AES of its counter block.
  @Test
  void blocksOfAStreamAreTheEncryptedCounterBlocks() throws Exception {
    byte[] counter = HexFormat.of().parseHex("02030000" + "0000000000abcdef" + "00000001");
    Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
    aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(SEED, "AES"));
    byte[] out = new byte[32];
    try (AesCtrStream stream = new AesCtrStream(SEED)) {
      stream.start(Purpose.REPLACEMENT, 3, 0xabcdefL);
      stream.read(out, 32);
    }
    assertThat(java.util.Arrays.copyOfRange(out, 16, 32)).isEqualTo(aes.doFinal(counter));
  }

  @Test
  void readsAreConsecutiveWhateverTheirLengths() {
    byte[] whole = new byte[100_000];
    byte[] head = new byte[70_000];
    byte[] tail = new byte[30_000];
    try (AesCtrStream stream = new AesCtrStream(SEED)) {
      stream.start(Purpose.ERROR, 0, 7);
      stream.read(whole, whole.length);
      stream.start(Purpose.ERROR, 0, 7);
      stream.read(head, 69_999);
      stream.read(tail, 30_000);
    }
    head[69_999] = tail[0];
    assertThat(head).isEqualTo(java.util.Arrays.copyOf(whole, 70_000));
    assertThat(tail).isEqualTo(java.util.Arrays.copyOfRange(whole, 69_999, 99_999));
  }

  /// No two (purpose, prime, block) share a block of the key stream.
  @Test
  void streamsNeverOverlap() {
    Set<String> seen = new HashSet<>();
    byte[] out = new byte[4096];
    try (AesCtrStream stream = new AesCtrStream(SEED)) {
      for (Purpose purpose : Purpose.values()) {
        for (int prime = 0; prime < 4; prime++) {
          for (long block : new long[] {0, 1, 255, 256, 1L << 32, Long.MAX_VALUE}) {
            stream.start(purpose, prime, block);
            stream.read(out, out.length);
            for (int i = 0; i < out.length; i += 16) {
              assertThat(seen.add(HexFormat.of().formatHex(out, i, i + 16))).isTrue();
            }
          }
        }
      }
    }
  }

  @Test
  void refusesASeedOfAnotherLength() {
    assertThatThrownBy(() -> new AesCtrStream(new byte[16]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("seed_bytes: 16 (expected: 32)");
  }

  @Test
  void neverShowsItsSeed() {
    try (AesCtrStream stream = new AesCtrStream(SEED)) {
      assertThat(stream).hasToString("AesCtrStream");
    }
  }
}
