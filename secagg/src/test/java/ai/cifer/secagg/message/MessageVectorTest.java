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
                Map.entry("Cohort", "4cb397097f50dd69"),
                Map.entry("CohortSignature", "3d2742ce8f7860ad"),
                Map.entry("EncryptedSum", "b20bd2012f3793fe"),
                Map.entry("OpenedSum", "b5452143f3012cca"),
                Map.entry("HelperHello", "719917135ec4a3d3"),
                Map.entry("Manifest", "3a57b54777403679"),
                Map.entry("NotRevealed", "fd37d92e686dcebd"),
                Map.entry("Retry", "e9798e49c8995be7"),
                Map.entry("Reveal", "ea2b0b7fc10dcb6f"),
                Map.entry("RevealRequest", "ecccb7c72e4c640e"),
                Map.entry("RoundOpen", "7284b0b7cd69795a"),
                Map.entry("RoundResult", "eed93ad829926d15"),
                Map.entry("SealedShare", "99f808832ab64f39"),
                Map.entry("SegmentResult", "0d232d168e057d2d"),
                Map.entry("ShareStatus", "efaedcd4fc9c8e90"),
                Map.entry("Shares", "50daaa487c8a7993")));
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
