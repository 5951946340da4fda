package ai.cifer.homocryption.threshold;

import java.util.Collection;
import java.util.TreeSet;

/// Checks that a collection holds exactly one share of one step from every party.
final class SharesOfAll {
  private SharesOfAll() {}

  static void require(ThresholdSession session, String step, Collection<? extends KeyShare> all) {
    TreeSet<Integer> parties = new TreeSet<>();
    for (KeyShare share : all) {
      session.requireSame(share.session(), "share of party " + share.party());
      if (!share.step().equals(step)) {
        throw new ThresholdException.ProtocolViolation(
            "party " + share.party() + ": step " + share.step() + " (expected: " + step + ")");
      }
      if (!parties.add(share.party())) {
        throw new ThresholdException.ProtocolViolation(
            "party " + share.party() + ": two shares of step " + step + " (expected: one)");
      }
    }
    if (parties.size() != session.committee().parties()) {
      throw new ThresholdException.ProtocolViolation(
          "shares of step "
              + step
              + ": from parties "
              + parties
              + " (expected: from all "
              + session.committee().parties()
              + ")");
    }
  }
}
