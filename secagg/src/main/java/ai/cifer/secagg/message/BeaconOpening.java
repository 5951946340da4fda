package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import ai.cifer.secagg.codec.Names;

/// Participant to coordinator: the random bytes that it committed to. They prove themselves: only
/// they have the hash that the member signed.
///
/// @param list the hash of the [BeaconList] for which it opens
/// @param member the participant
/// @param value the random bytes
public record BeaconOpening(Bytes list, String member, Bytes value) implements Message {

  public static final String LABEL = "cifer.beacon-opening";

  public BeaconOpening {
    Limits.hash(list);
    Names.check(member);
    Limits.length("random bytes", value, Draw.VALUE_BYTES);
  }

  @Override
  public byte[] encode() {
    return FieldWriter.of(LABEL, VERSION)
        .fixed(list, Hashing.BYTES)
        .text(member)
        .fixed(value, Draw.VALUE_BYTES)
        .toByteArray();
  }

  /// Reads what [#encode()] writes.
  public static BeaconOpening decode(byte[] bytes) {
    return FieldReader.decode(
        bytes,
        LABEL,
        VERSION,
        in -> new BeaconOpening(in.fixed(Hashing.BYTES), in.name(), in.fixed(Draw.VALUE_BYTES)));
  }
}
