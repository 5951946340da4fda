package ai.cifer.homocryption.threshold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.InsecureParameters;
import ai.cifer.homocryption.threshold.ThresholdException.DecryptionLogUnusable;
import ai.cifer.homocryption.threshold.ThresholdException.DecryptionRefused;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Restarts, crashes and damage.
class DecryptionLogTest {
  private static final CkksParameters P = InsecureParameters.composite(8);
  private static final SmudgingPolicy POLICY = new SmudgingPolicy(5, 30);
  private static TestCommittee committee;
  private static SecretKeyShare share;
  private static ActiveSet set;
  private static Smudging smudging;
  private static CkksCiphertext[] ciphertexts;

  @TempDir Path folder;
  private Path file;

  @BeforeAll
  static void keys() {
    committee = TestCommittee.of(P, 3, 2);
    share = committee.shares.getFirst();
    set = ActiveSet.of(committee.session.committee(), 1, 3);
    smudging =
        Smudging.of(committee.session, POLICY, TrackedErrorBound.fresh(committee.session, 1), 20);
    ciphertexts = new CkksCiphertext[5];
    Arrays.setAll(ciphertexts, k -> committee.encrypt(new double[] {k}));
  }

  @AfterAll
  static void close() {
    committee.close();
  }

  /// Three decryptions.
  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("party.log");
    try (var log = DecryptionLog.create(file, share, POLICY)) {
      for (int k = 0; k < 3; k++) {
        new PartialDecryptor(share, log).decrypt(ciphertexts[k], set, smudging);
      }
    }
  }

  private DecryptionLog open() throws IOException {
    return DecryptionLog.open(file, share, POLICY);
  }

  @Test
  void rulesHoldAfterARestart() throws IOException {
    try (DecryptionLog log = open()) {
      var decryptor = new PartialDecryptor(share, log);
      assertThat(log.decryptions()).isEqualTo(3);
      assertThat(log.remaining()).isEqualTo(2);
      assertThat(log.boundSet()).contains(set);
      for (int k = 0; k < 3; k++) {
        CkksCiphertext old = ciphertexts[k];
        assertThatThrownBy(() -> decryptor.decrypt(old, set, smudging))
            .isInstanceOf(DecryptionRefused.class)
            .hasMessageContaining("one, ever");
        decryptor.resend(old, set, smudging);
      }
      assertThatThrownBy(() ->
              decryptor.decrypt(
                  ciphertexts[3], ActiveSet.of(committee.session.committee(), 1, 2), smudging))
          .isInstanceOf(DecryptionRefused.class)
          .hasMessageContaining("not the active set");
      assertThatThrownBy(() -> decryptor.resend(ciphertexts[3], set, smudging))
          .isInstanceOf(DecryptionRefused.class);
      decryptor.decrypt(ciphertexts[3], set, smudging);
      decryptor.decrypt(ciphertexts[4], set, smudging);
    }
    try (DecryptionLog log = open()) {
      assertThat(log.remaining()).isZero();
      CkksCiphertext more = committee.encrypt(new double[1]);
      assertThatThrownBy(() -> new PartialDecryptor(share, log).decrypt(more, set, smudging))
          .isInstanceOf(DecryptionRefused.class)
          .hasMessageContaining("at most 5");
    }
    assertThat(Files.size(file)).isEqualTo(6 * 128);
  }

  @Test
  void aTornTailIsCutOffWhereverTheCrashWas() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (int length = 3 * 128; length < whole.length; length += length % 128 < 4 ? 1 : 9) {
      Files.write(file, Arrays.copyOf(whole, length));
      try (DecryptionLog log = open()) {
        assertThat(log.decryptions()).as("length %d", length).isEqualTo(2);
      }
      assertThat(Files.size(file)).isEqualTo(3 * 128);
    }
    // The share of the torn entry never left; it may leave now.
    try (DecryptionLog log = open()) {
      new PartialDecryptor(share, log).decrypt(ciphertexts[2], set, smudging);
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(whole);
  }

  @Test
  void aTailOfZerosIsCutOff() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (int more : new int[] {1, 127, 128, 129, 700}) {
      Files.write(file, Arrays.copyOf(whole, whole.length + more));
      try (DecryptionLog log = open()) {
        assertThat(log.decryptions()).isEqualTo(3);
      }
      assertThat(Files.readAllBytes(file)).isEqualTo(whole);
    }
  }

  /// Whatever byte changes, nothing is forgotten: the log is refused as a whole.
  @Test
  void damageAnywhereMakesTheKeyShareUnusable() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 << (at % 8));
      Files.write(file, damaged);
      assertThatThrownBy(this::open)
          .as("byte %d", at)
          .isInstanceOf(DecryptionLogUnusable.class)
          .hasMessageContaining("rotate the key");
    }
    byte[] swapped = whole.clone();
    System.arraycopy(whole, 128, swapped, 256, 128);
    System.arraycopy(whole, 256, swapped, 128, 128);
    Files.write(file, swapped);
    assertThatThrownBy(this::open).isInstanceOf(DecryptionLogUnusable.class);
    for (int length = 0; length < 128; length += 13) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(this::open).isInstanceOf(DecryptionLogUnusable.class);
    }
  }

  @Test
  void aLogServesOneKeyOnePartyAndOnePolicy() throws IOException {
    assertThatThrownBy(() -> DecryptionLog.open(file, committee.shares.get(1), POLICY))
        .isInstanceOf(DecryptionLogUnusable.class);
    for (SmudgingPolicy other :
        new SmudgingPolicy[] {new SmudgingPolicy(6, 30), new SmudgingPolicy(5, 31)}) {
      assertThatThrownBy(() -> DecryptionLog.open(file, share, other))
          .isInstanceOf(DecryptionLogUnusable.class)
          .hasMessageContaining("a policy never changes");
    }
    try (TestCommittee next = TestCommittee.of(P, 3, 2)) {
      assertThatThrownBy(() -> DecryptionLog.open(file, next.shares.getFirst(), POLICY))
          .isInstanceOf(DecryptionLogUnusable.class);
    }
    try (DecryptionLog log = open()) {
      assertThatThrownBy(() -> new PartialDecryptor(committee.shares.get(1), log))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aMissingLogIsNotANewOneAndAnExistingOneIsNotReplaced() throws IOException {
    assertThatThrownBy(() -> DecryptionLog.create(file, share, POLICY))
        .isInstanceOf(FileAlreadyExistsException.class);
    Files.delete(file);
    assertThatThrownBy(this::open).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void oneProcessAtATimeAndOwnerOnly() throws IOException {
    try (DecryptionLog log = open()) {
      assertThat(log.decryptions()).isEqualTo(3);
      assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("in use");
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  /// What cannot be written is not given, and nothing after it.
  @Test
  void aFailedWriteGivesNoShare() throws IOException {
    DecryptionLog log = open();
    log.close();
    assertThatThrownBy(
            () -> new PartialDecryptor(share, log).decrypt(ciphertexts[3], set, smudging))
        .isInstanceOf(DecryptionLogUnusable.class);
    try (DecryptionLog again = open()) {
      assertThat(again.decryptions()).isEqualTo(3);
    }
  }
}
