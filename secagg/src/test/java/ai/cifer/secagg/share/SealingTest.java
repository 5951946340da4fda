package ai.cifer.secagg.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.secagg.TestParticipant;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.identity.Role;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.SealedShare;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SealingTest {
  private static final Bytes CTX = Bytes.sha256(new byte[] {1});
  private static final int[] SHARE = {0, 1, 77, Shamir.PRIME - 1};

  private final SecureRandom random = new SecureRandom();
  private final TestParticipant helper = new TestParticipant("h1", Role.KEY_HOLDER);
  private final HelperKey key = HelperKey.generate("fed", "run", 3, helper, random);

  private ShareSealer sealer() {
    return new ShareSealer(CTX, "c1", key.hello(), random);
  }

  private static SealedShare altered(
      SealedShare share, Bytes ctx, String client, String to, int segment, int attempt) {
    return new SealedShare(
        ctx, client, to, segment, attempt, share.x25519(), share.mlKem(), share.ciphertext());
  }

  private void assertRefused(SealedShare share) {
    assertThatThrownBy(() -> key.open(share, SHARE.length)).isInstanceOf(ShareRefused.class);
  }

  @Test
  void theRecipientOpensWhatWasSealed() {
    try (ShareSealer sealer = sealer()) {
      assertThat(key.open(sealer.seal(0, 0, SHARE), SHARE.length)).isEqualTo(SHARE);
      SealedShare second = sealer.seal(1, 0, SHARE);
      assertThat(key.open(second, SHARE.length)).isEqualTo(SHARE);
      assertThat(second.ciphertext()).isNotEqualTo(sealer.seal(2, 0, SHARE).ciphertext());
    }
  }

  @Test
  void anotherContextSenderSegmentOrAttemptDoesNotOpen() {
    try (ShareSealer sealer = sealer()) {
      SealedShare share = sealer.seal(4, 0, SHARE);
      assertRefused(altered(share, Bytes.sha256(new byte[] {2}), "c1", "h1", 4, 0));
      assertRefused(altered(share, CTX, "c2", "h1", 4, 0));
      assertRefused(altered(share, CTX, "c1", "h2", 4, 0));
      assertRefused(altered(share, CTX, "c1", "h1", 5, 0));
      assertRefused(altered(share, CTX, "c1", "h1", 4, 1));
    }
  }

  @Test
  void anotherRecipientDoesNotOpenIt() {
    HelperKey other = HelperKey.generate("fed", "run", 3, helper, random);
    try (ShareSealer sealer = sealer()) {
      SealedShare share = sealer.seal(0, 0, SHARE);
      assertThatThrownBy(() -> other.open(share, SHARE.length)).isInstanceOf(ShareRefused.class);
    }
  }

  @Test
  void everyFlippedByteIsNoticed() {
    try (ShareSealer sealer = sealer()) {
      SealedShare share = sealer.seal(0, 0, SHARE);
      for (int i = 0; i < share.ciphertext().length(); i++) {
        assertRefused(
            new SealedShare(
                CTX,
                "c1",
                "h1",
                0,
                0,
                share.x25519(),
                share.mlKem(),
                flipped(share.ciphertext(), i)));
      }
      assertRefused(
          new SealedShare(
              CTX,
              "c1",
              "h1",
              0,
              0,
              flipped(share.x25519(), 9),
              share.mlKem(),
              share.ciphertext()));
      assertRefused(
          new SealedShare(
              CTX,
              "c1",
              "h1",
              0,
              0,
              share.x25519(),
              flipped(share.mlKem(), 500),
              share.ciphertext()));
    }
  }

  private static Bytes flipped(Bytes bytes, int index) {
    byte[] copy = bytes.toByteArray();
    copy[index] ^= 1;
    return Bytes.of(copy);
  }

  @Test
  void valuesThatAreNoResiduesAndOtherLengthsAreRefused() {
    try (ShareSealer sealer = sealer()) {
      assertRefused(sealer.seal(0, 0, new int[] {0, 0, 0, Shamir.PRIME}));
      assertRefused(sealer.seal(1, 0, new int[] {0, 0, 0, -1}));
      assertRefused(sealer.seal(2, 0, new int[] {0, 0, 0}));
    }
  }

  @Test
  void aKeySealsOnce() {
    try (ShareSealer sealer = sealer()) {
      SealedShare unused = sealer.seal(0, 0, SHARE);
      assertThat(unused.segment()).isZero();
      assertThatThrownBy(() -> sealer.seal(0, 0, SHARE)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void anX25519KeyOfSmallOrderIsRefusedOnBothSides() {
    // 0, 1 and p - 1: the secret is all zero whatever the other key is (RFC 7748, section 6.1).
    byte[] one = new byte[32];
    one[0] = 1;
    byte[] minusOne = new byte[32];
    Arrays.fill(minusOne, (byte) 0xff);
    minusOne[0] = (byte) 0xec;
    minusOne[31] = 0x7f;
    try (ShareSealer sealer = sealer()) {
      SealedShare good = sealer.seal(0, 0, SHARE);
      for (byte[] point : new byte[][] {new byte[32], one, minusOne}) {
        HelperHello hello = key.hello();
        HelperHello weak =
            new HelperHello(
                "fed", "run", 3, "h1", Bytes.of(point), hello.mlKem(), hello.signature());
        assertThatThrownBy(() -> new ShareSealer(CTX, "c1", weak, random))
            .isInstanceOf(ShareRefused.class);
        assertRefused(
            new SealedShare(
                CTX, "c1", "h1", 0, 0, Bytes.of(point), good.mlKem(), good.ciphertext()));
      }
    }
  }

  @Test
  void anMlKemKeyThatIsNotCanonicalIsRefused() {
    byte[] raw = key.hello().mlKem().toByteArray();
    raw[0] = (byte) 0xff;
    raw[1] |= 0x0f;
    HelperHello hello = key.hello();
    HelperHello weak =
        new HelperHello("fed", "run", 3, "h1", hello.x25519(), Bytes.of(raw), hello.signature());
    assertThatThrownBy(() -> new ShareSealer(CTX, "c1", weak, random))
        .isInstanceOf(ShareRefused.class)
        .hasMessageContaining("3329");
  }

  @Test
  void aClosedKeyOpensNothing() {
    try (ShareSealer sealer = sealer()) {
      SealedShare share = sealer.seal(0, 0, SHARE);
      key.close();
      assertThatThrownBy(() -> key.open(share, SHARE.length))
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
