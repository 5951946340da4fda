package ai.cifer.secagg.coordinator;

import ai.cifer.secagg.identity.Verifier;
import ai.cifer.secagg.message.BeaconCommitment;
import ai.cifer.secagg.message.BeaconList;
import ai.cifer.secagg.message.BeaconOpening;
import ai.cifer.secagg.message.Draw;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One draw of helpers as the coordinator collects it: commitments, then one list of them, then
/// what they commit to. Every `add` is idempotent. Not safe for several threads.
public final class OpenDraw {
  private final String federation;
  private final String run;
  private final int round;
  private final int number;
  private final SortedMap<String, BeaconCommitment> commitments = new TreeMap<>();
  private final SortedMap<String, BeaconOpening> openings = new TreeMap<>();
  private @Nullable BeaconList list;

  /// @param number of the draw in its round, from 1
  public OpenDraw(String federation, String run, int round, int number) {
    this.federation = federation;
    this.run = run;
    this.round = round;
    this.number = number;
  }

  /// Of the draw in its round.
  public int number() {
    return number;
  }

  /// Takes in a commitment.
  ///
  /// @param author checks the signature of the member that sent it
  /// @return false if it is of another draw or comes too late
  /// @throws ContributionRefused if it is not authentic, or a second one
  public boolean add(BeaconCommitment commitment, Verifier author) {
    if (list != null || commitment.round() != round || commitment.number() != number) {
      return false;
    }
    String member = commitment.member();
    BeaconCommitment before = commitments.get(member);
    boolean fits =
        commitment.federation().equals(federation)
            && commitment.run().equals(run)
            && (before == null || before.commitment().equals(commitment.commitment()))
            && commitment.isSignedBy(author);
    if (!fits) {
      throw new ContributionRefused(
          member, "commitment of draw %d: not its only one, signed".formatted(number));
    }
    commitments.putIfAbsent(member, commitment);
    return true;
  }

  /// The list for which members open; later commitments do not count.
  ///
  /// @param members all of whom committed
  public BeaconList list(SortedSet<String> members) {
    BeaconList known = list;
    if (known == null) {
      commitments.keySet().retainAll(members);
      known =
          new BeaconList(
              federation,
              run,
              round,
              number,
              commitments.values().stream()
                  .map(each -> new BeaconList.Entry(each.member(), each.commitment()))
                  .toList());
      list = known;
    }
    return known;
  }

  /// Takes in what a member opened.
  ///
  /// @return false if it is for another list
  /// @throws ContributionRefused if it is not what the member committed to
  public boolean add(BeaconOpening opening) {
    BeaconList known = list;
    if (known == null || !opening.list().equals(known.hash())) {
      return false;
    }
    String member = opening.member();
    if (!known.contains(
        member, BeaconCommitment.of(federation, run, round, number, member, opening.value()))) {
      throw new ContributionRefused(
          member, "opening of draw %d: not what it committed to".formatted(number));
    }
    openings.putIfAbsent(member, opening);
    return true;
  }

  /// The draw, once every listed member opened.
  ///
  /// @throws IllegalStateException before
  public Draw draw() {
    if (openings.isEmpty() || !openings.keySet().equals(commitments.keySet())) {
      throw new IllegalStateException(
          "openings: %d of %d (expected: all)".formatted(openings.size(), commitments.size()));
    }
    List<Draw.Opening> all = new ArrayList<>();
    commitments.forEach((member, commitment) -> {
      BeaconOpening opening = openings.get(member);
      if (opening != null) {
        all.add(new Draw.Opening(member, opening.value(), commitment.signature()));
      }
    });
    return new Draw(number, all);
  }
}
