package ai.cifer.homocryption.threshold;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The order of one step of key generation, as one party sees it: everybody's commitments first,
/// then everybody's shares.
///
/// ```java
/// var exchange = new CommitThenOpen<>(generation.share(secret, random));
/// broadcast(exchange.commitment());
/// exchange.accept(commitmentOfEachOther);   // all n - 1
/// broadcast(exchange.open());               // refused before
/// exchange.accept(shareOfEachOther);        // refused if it is not what was committed to
/// var shares = exchange.shares();           // refused before all arrived
/// ```
///
/// Why: who sees the others' shares first (a rushing party) could answer with `b* - Σ b_i` and own
/// the joint key alone, or make the sums of the first relinearization round small, so that the
/// second round's `s_i·h_0 + e` reveals `s_i`. A commitment takes the choice away.
///
/// Every party runs this for itself, from what it received itself; an aggregator that only forwards
/// needs no trust. Not covered: a party that shows different commitments to different parties,
/// unless all compare them (send them through a log or a broadcast that everybody sees), and a
/// party that stops after it saw the openings: the session is then given up, never run again.
///
/// Thread-safe.
///
/// @param <S> the kind of share
public final class CommitThenOpen<S extends KeyShare> {
  private final S own;
  private final Committee committee;
  private final Map<Integer, Commitment> commitments = new TreeMap<>();
  private final Map<Integer, S> opened = new TreeMap<>();

  /// @param own this party's share; it is not shown before all commitments arrived
  public CommitThenOpen(S own) {
    this.own = own;
    this.committee = own.session().committee();
    commitments.put(own.party(), Commitment.to(own));
  }

  /// This party's commitment, to be sent to all.
  public Commitment commitment() {
    return Commitment.to(own);
  }

  /// Takes another party's commitment.
  ///
  /// @throws ThresholdException.ProtocolViolation if it is of another session or step, or differs
  ///   from an earlier one of the same party
  public synchronized void accept(Commitment commitment) {
    own.session().requireSame(commitment.session(), "commitment of party " + commitment.party());
    requireStep(commitment.step(), commitment.party());
    Commitment earlier = commitments.putIfAbsent(commitment.party(), commitment);
    if (earlier != null && !earlier.sameAs(commitment)) {
      throw new ThresholdException.ProtocolViolation(
          "party "
              + commitment.party()
              + ": a second, different commitment (expected: one); end this session, exclude the"
              + " party and start a new one");
    }
  }

  /// A hash of all commitments: parties whose hashes differ were shown different ones.
  ///
  /// @return 32 bytes
  /// @throws ThresholdException.ProtocolViolation if a commitment is missing
  public synchronized byte[] transcript() {
    requireAllCommitted();
    MessageDigest sha = ThresholdSession.sha256();
    sha.update("cifer-threshold-transcript-v1".getBytes(StandardCharsets.US_ASCII));
    sha.update(own.session().digest().bytes());
    sha.update(own.step().getBytes(StandardCharsets.US_ASCII));
    commitments.values().forEach(commitment -> commitment.hashInto(sha));
    return sha.digest();
  }

  /// This party's share, to be sent to all now.
  ///
  /// @throws ThresholdException.ProtocolViolation if a commitment is missing
  public synchronized S open() {
    requireAllCommitted();
    opened.put(own.party(), own);
    return own;
  }

  /// Takes another party's share.
  ///
  /// @throws ThresholdException.CommitmentMismatch if it is not what its party committed to
  /// @throws ThresholdException.ProtocolViolation if a commitment is missing
  public synchronized void accept(S share) {
    own.session().requireSame(share.session(), "share of party " + share.party());
    requireStep(share.step(), share.party());
    requireAllCommitted();
    Commitment commitment = commitments.get(share.party());
    if (commitment == null || !commitment.isTo(share)) {
      throw new ThresholdException.CommitmentMismatch(
          share.party(),
          "party "
              + share.party()
              + ": its share is not what it committed to (expected: the committed one); end this"
              + " session, exclude the party and start a new one");
    }
    opened.put(share.party(), share);
  }

  /// All shares, by party, each checked against its commitment.
  ///
  /// @throws ThresholdException.ProtocolViolation if one is missing
  public synchronized OpenedShares<S> shares() {
    if (opened.size() < committee.parties()) {
      throw new ThresholdException.ProtocolViolation(
          "shares of parties "
              + missing(opened)
              + ": missing (expected: all); wait for them, or end this session");
    }
    return new OpenedShares<>(List.copyOf(opened.values()));
  }

  private void requireStep(String step, int party) {
    if (!step.equals(own.step())) {
      throw new ThresholdException.ProtocolViolation(
          "party " + party + ": step " + step + " (expected: " + own.step() + ")");
    }
  }

  private void requireAllCommitted() {
    if (commitments.size() < committee.parties()) {
      throw new ThresholdException.ProtocolViolation(
          "commitments of parties "
              + missing(commitments)
              + ": missing (expected: all before any share is opened); wait for them");
    }
  }

  private List<Integer> missing(Map<Integer, ?> present) {
    List<Integer> missing = new ArrayList<>();
    for (int party = 1; party <= committee.parties(); party++) {
      if (!present.containsKey(party)) {
        missing.add(party);
      }
    }
    return missing;
  }
}
