package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import ai.cifer.secagg.codec.Names;
import java.util.List;

/// Coordinator to participants: everybody's commitments of one draw. Whoever opens its own does so
/// for this list and for no other, so that nobody's random bytes can be chosen any more when the
/// first of them are seen.
///
/// That the commitments are their members' is checked with [RoundOpen], which repeats them with
/// their signatures.
///
/// @param federation the federation
/// @param run the run
/// @param round the round
/// @param number of the draw in this round, from 1
/// @param entries by ascending names
public record BeaconList(String federation, String run, int round, int number, List<Entry> entries)
    implements Message {

  public static final String LABEL = "cifer.beacon-list";

  /// One member's commitment.
  public record Entry(String member, Bytes commitment) {
    public Entry {
      Names.check(member);
      Limits.hash(commitment);
    }
  }

  public BeaconList {
    Names.check(federation);
    Names.check(run);
    Limits.atMost("round", round, Integer.MAX_VALUE);
    Limits.atMost("draw", number, Draw.MAX_NUMBER);
    Limits.atMost("members", entries.size(), Limits.MAX_PARTICIPANTS);
    entries = Limits.sorted(entries, Entry::member);
  }

  /// Whether it lists this commitment of this member.
  public boolean contains(String member, Bytes commitment) {
    return entries.contains(new Entry(member, commitment));
  }

  @Override
  public byte[] encode() {
    return FieldWriter.of(LABEL, VERSION)
        .text(federation)
        .text(run)
        .u31(round)
        .u31(number)
        .list(
            entries, (out, each) -> out.text(each.member()).fixed(each.commitment(), Hashing.BYTES))
        .toByteArray();
  }

  /// Reads what [#encode()] writes.
  public static BeaconList decode(byte[] bytes) {
    return FieldReader.decode(
        bytes,
        LABEL,
        VERSION,
        in ->
            new BeaconList(
                in.name(),
                in.name(),
                in.u31(),
                in.u31(),
                in.list(
                    Limits.MAX_PARTICIPANTS,
                    Limits.MIN_NAME_BYTES + Hashing.BYTES,
                    each -> new Entry(each.name(), each.fixed(Hashing.BYTES)))));
  }
}
