package ai.cifer.secagg.round;

import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import ai.cifer.secagg.message.Message;
import ai.cifer.secagg.message.RoundOpen;
import java.security.GeneralSecurityException;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/// What binds every message and every mask to one round.
///
/// ```
/// ctx = SHA-256("cifer-aggregation-v2" | federation | run | planHash | round | H(model) |
///               H(previous certified result) | H(roster) | H(helpers) | t | k_min |
///               H(all that the coordinator signed in ROUND_OPEN))
/// seed_a(segment, attempt) = HKDF-SHA256(ctx; "a" | segment | attempt)
/// ```
///
/// Clients that are shown anything different, be it a model, a roster, helpers or a learning rate,
/// mask with different polynomials, so that their sum is garbage instead of a leak.
///
/// The published design ends at k_min (label v1). Then a coordinator could show everybody but one a
/// learning rate of 1e-30: under one context, their updates are zero and the certified sum is the
/// victim's update. The last field binds whatever else ROUND_OPEN says, now and in later versions:
/// training, architecture, layout, the coordinator.
///
/// @param hash ctx
public record RoundContext(Bytes hash) {
  private static final String LABEL = "cifer-aggregation-v2";

  /// The context of a round.
  public static RoundContext of(RoundOpen open) {
    return new RoundContext(
        Bytes.sha256(
            FieldWriter.of(LABEL, Message.VERSION)
                .text(open.federation())
                .text(open.run())
                .fixed(open.plan().hash(), Hashing.BYTES)
                .u31(open.round())
                .fixed(open.modelHash(), Hashing.BYTES)
                .fixed(open.previousResult(), Hashing.BYTES)
                .fixed(open.rosterHash(), Hashing.BYTES)
                .fixed(open.helpersHash(), Hashing.BYTES)
                .u31(open.threshold())
                .u31(open.minClients())
                .fixed(open.hash(), Hashing.BYTES)
                .toByteArray()));
  }

  /// The seed of the public polynomials of a segment.
  public byte[] publicSeed(int segment, int attempt) {
    byte[] info = FieldWriter.of("a", Message.VERSION).u31(segment).u31(attempt).toByteArray();
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(
              HKDFParameterSpec.ofExtract()
                  .addIKM(hash.toByteArray())
                  .thenExpand(info, AggregationParameters.SEED_BYTES));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("HKDF-SHA256 is in every JDK 25", impossible);
    }
  }
}
