package ai.cifer.secagg.message;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.secagg.TestFederation;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.Samples.Sample;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Known answers: a change of the wire format must be a decision.
class MessageVectorTest {
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void aCohortSignatureIsTheseBytes() {
    Bytes ctx = Bytes.of(HEX.parseHex("11".repeat(32)));
    Bytes cohort = Bytes.of(HEX.parseHex("22".repeat(32)));
    CohortSignature message =
        new CohortSignature(ctx, "h-1", 7, 258, cohort, Bytes.of(new byte[] {3, 4, 5}));
    // Written by hand: u8 length and label, u16 version, ctx, u32 length and name, segment,
    // attempt,
    // H(U), u32 length and signature; little endian.
    String signed =
        "16"
            + HEX.formatHex("cifer.cohort-signature".getBytes(StandardCharsets.US_ASCII))
            + "0100"
            + "11".repeat(32)
            + "03000000"
            + "682d31"
            + "07000000"
            + "02010000"
            + "22".repeat(32);
    assertThat(HEX.formatHex(message.signedBytes())).isEqualTo(signed);
    assertThat(HEX.formatHex(message.encode())).isEqualTo(signed + "03000000" + "030405");
  }

  @Test
  void everyMessageHasTheBytesItAlwaysHad() {
    Map<String, String> hashes = new LinkedHashMap<>();
    for (Sample sample : new Samples(TestFederation.random(1)).all()) {
      hashes.put(
          sample.message().getClass().getSimpleName(),
          HEX.formatHex(Bytes.sha256(sample.message().encode()).toByteArray(), 0, 8));
    }
    assertThat(hashes)
        .isEqualTo(
            Map.ofEntries(
                Map.entry("Cohort", "2ac519c9238f9b8b"),
                Map.entry("CertifiedCohort", "82c235031fdff753"),
                Map.entry("CohortSignature", "08f6e36ef9bdddc0"),
                Map.entry("EncryptedSum", "e1586c02093a6332"),
                Map.entry("OpenedSum", "1c315a5beeb79eea"),
                Map.entry("Outline", "98d2f0a871507403"),
                Map.entry("HelperHello", "719917135ec4a3d3"),
                Map.entry("Manifest", "79fc2fb7e1a68105"),
                Map.entry("NotRevealed", "a196f9112d38084b"),
                Map.entry("Retry", "b757b193e602133f"),
                Map.entry("Reveal", "9dc201ab31122e93"),
                Map.entry("RevealRequest", "142ff4163c69381b"),
                Map.entry("BeaconCommitment", "2e947e4923c01c4a"),
                Map.entry("BeaconList", "a114dd6cd51db1bb"),
                Map.entry("BeaconOpening", "908f5af960110144"),
                Map.entry("RoundOpen", "0792f86fc3b5fcf1"),
                Map.entry("RoundResult", "91aba1cf6a04c967"),
                Map.entry("SealedShare", "b5e9eee7d3c11548"),
                Map.entry("SegmentResult", "f5e33249b01724e7"),
                Map.entry("ShareStatus", "e975c913fd5df2b6"),
                Map.entry("Shares", "9efb6cbacf5219ea")));
  }

  /// leaf = SHA-256(00 | "abc"), root over two leaves, computed with Python's hashlib.
  @Test
  void theTreeOfBlocksIsThis() {
    Bytes first = BlockTree.leaf(ByteBuffer.wrap(new byte[] {'a', 'b', 'c'}));
    Bytes second = BlockTree.leaf(ByteBuffer.wrap(new byte[] {'d'}));
    assertThat(HEX.formatHex(first.toByteArray()))
        .isEqualTo("609f6e36d2405585188d5cfd761f407c7cc46a7d3f314c88270469dde315fcd1");
    assertThat(HEX.formatHex(BlockTree.root(4, List.of(first, second)).toByteArray()))
        .isEqualTo("060905eb7aba9bc66f17e5cc094943fe544cba18b076fe9d61f2ad3ab281f226");
  }
}
