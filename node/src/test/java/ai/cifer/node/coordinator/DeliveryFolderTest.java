package ai.cifer.node.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.coordinator.Delivery;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.SealedShare;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliveryFolderTest {
  private static final int VALUES = 4;
  private static final String LONGEST = "x".repeat(64);

  @TempDir Path folder;

  private static SealedShare share(String client, String helper, int filling) {
    byte[] ciphertext = new byte[SealedShare.ciphertextBytes(VALUES)];
    ciphertext[0] = (byte) filling;
    return new SealedShare(
        Bytes.zeros(32),
        client,
        helper,
        2,
        0,
        Bytes.zeros(32),
        Bytes.zeros(SealedShare.ML_KEM_BYTES),
        Bytes.of(ciphertext));
  }

  private static Manifest manifest(String client, List<Bytes> shares) {
    return new Manifest(
        Bytes.zeros(32), client, 2, 0, 0, 99, Bytes.zeros(32), shares, Bytes.zeros(64));
  }

  @Test
  void whatCameInAnyOrderIsReadAsItCame_alsoWithTheLongestNames() throws IOException {
    DeliveryFolder deliveries = new DeliveryFolder(folder, 3, VALUES);
    List<SealedShare> shares =
        List.of(share(LONGEST, "a", 1), share(LONGEST, "b", 2), share(LONGEST, LONGEST, 3));
    deliveries.store(shares.get(2), 3);
    deliveries.store(shares.get(0), 1);
    deliveries.store(shares.get(1), 2);
    Manifest manifest = manifest(LONGEST, shares.stream().map(SealedShare::hash).toList());
    Delivery delivery = deliveries.store(manifest, 3);
    deliveries.store(share("other", "a", 9), 1);

    assertThat(delivery.manifest()).isEqualTo(manifest);
    assertThat(delivery.shares()).isEqualTo(3);
    for (int helper = 1; helper <= 3; helper++) {
      assertThat(delivery.share(helper)).isEqualTo(shares.get(helper - 1));
    }
  }

  @Test
  void whatIsDeletedIsGone_andNothingElse() throws IOException {
    DeliveryFolder deliveries = new DeliveryFolder(folder, 1, VALUES);
    deliveries.store(share("a", "h", 1), 1);
    Delivery gone = deliveries.store(manifest("a", List.of()), 1);
    deliveries.store(share("b", "h", 2), 1);
    Delivery kept = deliveries.store(manifest("b", List.of()), 1);
    deliveries.delete(List.of("a", "nobody"), 2, 0);
    assertThatThrownBy(() -> gone.share(1)).isInstanceOf(NoSuchFileException.class);
    assertThat(kept.share(1)).isEqualTo(share("b", "h", 2));
  }

  @Test
  void aFileThatWasDamagedIsAFailureOfTheDisk() throws IOException {
    DeliveryFolder deliveries = new DeliveryFolder(folder, 1, VALUES);
    deliveries.store(share("a", "h", 1), 1);
    Delivery delivery = deliveries.store(manifest("a", List.of()), 1);
    Path file;
    try (var files = Files.list(folder)) {
      file = files.findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(file);
    bytes[3] = 0x7f;
    Files.write(file, bytes);
    assertThatThrownBy(() -> delivery.share(1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("damaged");
  }
}
