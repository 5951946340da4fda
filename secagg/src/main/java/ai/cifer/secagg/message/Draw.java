package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import ai.cifer.secagg.codec.Names;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How the helpers of a round were drawn, for everybody to check: what each member opened, and its
/// signature on the commitment to it.
///
/// ```
/// beacon = SHA-256("cifer.beacon" | H(list of commitments) | openings by ascending names)
/// sample = the members with the smallest SHA-256("cifer.beacon-rank" | beacon | member)
/// ```
///
/// Every listed commitment is opened: a beacon over whatever openings are there would let whoever
/// collects them leave some out until the sample suits him. If somebody does not open, there is
/// another draw without him, [#MAX_NUMBER] at most in a round.
///
/// @param number of the draw in its round, 1 to [#MAX_NUMBER]
/// @param openings by ascending names, one for each client of the round
public record Draw(int number, List<Opening> openings) {

  /// As many helpers are drawn; where no more clients are in a round, all of them help.
  public static final int HELPERS = 32;

  /// A coordinator that throws draws away has as many samples to choose from.
  public static final int MAX_NUMBER = 8;

  /// Random bytes of each member.
  public static final int VALUE_BYTES = 32;

  /// What one member opened.
  ///
  /// @param signature its own, on the [BeaconCommitment] to `value`
  public record Opening(String member, Bytes value, Bytes signature) {
    public Opening {
      Names.check(member);
      Limits.length("random bytes", value, VALUE_BYTES);
      Limits.atMost("signature bytes", signature.length(), SignedMessage.MAX_SIGNATURE_BYTES);
    }
  }

  public Draw {
    if (number < 1 || number > MAX_NUMBER) {
      throw new IllegalArgumentException(
          "draw: %d (expected: 1 to %d)".formatted(number, MAX_NUMBER));
    }
    Limits.atMost("openings", openings.size(), Limits.MAX_PARTICIPANTS);
    openings = Limits.sorted(openings, Opening::member);
  }

  /// The names of those who opened, ascending.
  public List<String> members() {
    return openings.stream().map(Opening::member).toList();
  }

  /// The commitments that were opened, as their members signed them.
  public List<BeaconCommitment> commitments(String federation, String run, int round) {
    return openings.stream()
        .map(each ->
            new BeaconCommitment(
                federation,
                run,
                round,
                number,
                each.member,
                BeaconCommitment.of(federation, run, round, number, each.member, each.value),
                each.signature))
        .toList();
  }

  /// The list for which they opened.
  public BeaconList list(String federation, String run, int round) {
    return new BeaconList(
        federation,
        run,
        round,
        number,
        commitments(federation, run, round).stream()
            .map(each -> new BeaconList.Entry(each.member(), each.commitment()))
            .toList());
  }

  /// The helpers that the beacon draws, ascending.
  public List<String> sample(String federation, String run, int round) {
    Bytes beacon =
        Bytes.sha256(
            FieldWriter.of("cifer.beacon", Message.VERSION)
                .fixed(list(federation, run, round).hash(), Hashing.BYTES)
                .list(openings, (out, each) -> out.fixed(each.value, VALUE_BYTES))
                .toByteArray());
    Map<String, byte[]> ranks = new HashMap<>();
    for (Opening each : openings) {
      ranks.put(
          each.member,
          Bytes.sha256(
                  FieldWriter.of("cifer.beacon-rank", Message.VERSION)
                      .fixed(beacon, Hashing.BYTES)
                      .text(each.member)
                      .toByteArray())
              .toByteArray());
    }
    return ranks.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Arrays::compareUnsigned))
        .limit(HELPERS)
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  void write(FieldWriter out) {
    out.u31(number)
        .list(
            openings,
            (to, each) ->
                to.text(each.member).fixed(each.value, VALUE_BYTES).bytes(each.signature));
  }

  static Draw read(FieldReader in) {
    return new Draw(
        in.u31(),
        in.list(
            Limits.MAX_PARTICIPANTS,
            Limits.MIN_NAME_BYTES + VALUE_BYTES + Integer.BYTES,
            each ->
                new Opening(
                    each.name(),
                    each.fixed(VALUE_BYTES),
                    each.bytes(SignedMessage.MAX_SIGNATURE_BYTES))));
  }
}
