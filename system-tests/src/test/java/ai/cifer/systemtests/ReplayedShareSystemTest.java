package ai.cifer.systemtests;

import static ai.cifer.systemtests.AttackedFederation.ONE;
import static ai.cifer.systemtests.AttackedFederation.THREE;
import static ai.cifer.systemtests.AttackedFederation.TRAITOR;
import static ai.cifer.systemtests.AttackedFederation.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.SealedShare;
import ai.cifer.secagg.message.ShareStatus;
import ai.cifer.secagg.message.Shares;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A coordinator hands a real helper a share of `client-2` as something else: a helper that took it
/// would add the victim's secret into a sum where nobody knows of it. The accomplice signs whatever
/// is needed.
class ReplayedShareSystemTest {
  private static final String VICTIM = TWO;
  private static final String HELPER = ONE;

  @RegisterExtension static final Federation PROCESSES = new Federation();

  private static AttackedFederation attacked;

  @BeforeAll
  static void start() throws Exception {
    attacked = new AttackedFederation(PROCESSES);
  }

  @AfterAll
  static void stop() throws Exception {
    attacked.close();
  }

  /// Two segments.
  private static CapturedRound capture() throws Exception {
    Offer offer = attacked.offer();
    offer.segmentParameters = 10_000;
    return attacked.capture(offer);
  }

  @Test
  void theSharesAsTheyAre_areAllGood() throws Exception {
    try (CapturedRound round = capture()) {
      assertThat(round.check(HELPER, round.shares(1, HELPER)).accepted())
          .containsExactly(ONE, TWO, THREE, TRAITOR);
    }
  }

  @Test
  void ofAnotherSender_itDoesNotOpen() throws Exception {
    try (CapturedRound round = capture()) {
      assertRefused(round, sealed(round, VICTIM, 0));
    }
  }

  @Test
  void ofAnotherSegment_itDoesNotOpen() throws Exception {
    try (CapturedRound round = capture()) {
      assertRefused(round, sealed(round, TRAITOR, 1));
    }
  }

  @Test
  void ofAnotherRound_itDoesNotOpen() throws Exception {
    SealedShare old;
    try (CapturedRound before = capture()) {
      old = sealed(before, TRAITOR, 0);
    }
    try (CapturedRound round = capture()) {
      assertRefused(round, old);
    }
  }

  @Test
  void underTheManifestOfAnother_itIsRefusedWithoutBeingOpened() throws Exception {
    try (CapturedRound round = capture()) {
      Shares fair = round.shares(0, HELPER);
      ShareStatus status =
          round.check(HELPER, with(fair, THREE, manifest(round, THREE), sealed(round, VICTIM, 0)));
      assertThat(status.complaints()).containsExactly(THREE);
      assertThat(round.refusalToSign(HELPER, round.cohort(ONE, TWO, THREE)))
          .contains("cohort: with client-3");
    }
  }

  private static SealedShare sealed(CapturedRound round, String client, int segment) {
    return round.delivered(client, segment).sealed().stream()
        .filter(share -> share.helper().equals(HELPER))
        .findFirst()
        .orElseThrow();
  }

  private static Manifest manifest(CapturedRound round, String client) {
    return round.delivered(client, 0).manifest();
  }

  /// The helper gets `replayed` as the accomplice's own share in segment 0, with a manifest of the
  /// accomplice that says so.
  private static void assertRefused(CapturedRound round, SealedShare replayed) throws Exception {
    SealedShare relabelled =
        new SealedShare(
            round.round.ctx(),
            TRAITOR,
            HELPER,
            0,
            0,
            replayed.x25519(),
            replayed.mlKem(),
            replayed.ciphertext());
    List<SealedShare> shares = new ArrayList<>(round.delivered(TRAITOR, 0).shares());
    shares.replaceAll(share -> share.helper().equals(HELPER) ? relabelled : share);
    Manifest signed = attacked.accomplice.resigned(manifest(round, TRAITOR), shares);
    ShareStatus status =
        round.check(HELPER, with(round.shares(0, HELPER), TRAITOR, signed, relabelled));
    assertThat(status.complaints()).containsExactly(TRAITOR);
    assertThat(status.accepted()).containsExactly(ONE, TWO, THREE);
  }

  private static Shares with(Shares shares, String client, Manifest manifest, SealedShare share) {
    List<Shares.Candidate> candidates = new ArrayList<>(shares.candidates());
    candidates.replaceAll(candidate ->
        candidate.manifest().client().equals(client)
            ? new Shares.Candidate(manifest, share)
            : candidate);
    return new Shares(
        shares.ctx(),
        shares.segment(),
        shares.attempt(),
        shares.part(),
        shares.parts(),
        candidates);
  }
}
