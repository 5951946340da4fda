package ai.cifer.secagg.message;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.secagg.TestFederation;
import ai.cifer.secagg.TestParticipant;
import ai.cifer.secagg.TestRound;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.coordinator.Candidates;
import ai.cifer.secagg.coordinator.CohortCertificate;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RoundTrafficTest {

  /// Above 32 clients: what a real draw moves, and ROUND_OPEN with all that was opened.
  @Test
  void theBytesOfADrawAreThoseOfARealOne(@TempDir Path spool) throws Exception {
    TestFederation federation = new TestFederation(Draw.HELPERS + 1, spool);
    AggregationPlan plan =
        AggregationPlan.uniform(
            EncryptionMode.SECURE_AGGREGATION, true, TestFederation.LAYOUT, 0.1f, 10_000);
    RoundOpen open = federation.open(plan, Tensors.allocate(TestFederation.LAYOUT), 1, 3);
    Draw draw = open.draw().orElseThrow();
    int certificate = open.roster().getFirst().certificate().length();
    RoundTraffic traffic =
        RoundTraffic.of(
            plan,
            TestFederation.LAYOUT,
            open.architecture(),
            open.train(),
            new RoundTraffic.Cast(
                open.federation(),
                open.run(),
                open.coordinator().name(),
                open.clients(),
                federation.keyHolder.name(),
                certificate),
            open.threshold(),
            Bytes.EMPTY);

    String run = open.run();
    BeaconCommitment commitment = draw.commitments(open.federation(), run, open.round()).getFirst();
    BeaconList list = draw.list(open.federation(), run, open.round());
    Draw.Opening opened = draw.openings().getFirst();
    BeaconOpening opening = new BeaconOpening(list.hash(), opened.member(), opened.value());
    assertThat(traffic.drawUp())
        .isEqualTo(
            open.helpers().getFirst().encode().length
                + commitment.encode().length
                + opening.encode().length);
    assertThat(traffic.drawDown()).isEqualTo(list.encode().length);
    int certificates =
        open.coordinator().certificate().length()
            + open.roster().stream().mapToInt(member -> member.certificate().length()).sum();
    assertThat(traffic.announcements())
        .isEqualTo(
            open.encode().length
                - certificates
                + certificate * (1 + open.roster().size())
                + result(federation, open, 1));
    assertThat(traffic.clientDown())
        .isEqualTo(traffic.model() + traffic.announcements() + list.encode().length);
  }

  private static long result(TestFederation federation, RoundOpen open, int segments) {
    return new RoundResult(
            Bytes.zeros(32),
            Collections.nCopies(segments, Bytes.zeros(32)),
            Bytes.zeros(32),
            Bytes.zeros(32),
            open.author(),
            Bytes.EMPTY)
        .signed(federation.coordinator)
        .encode()
        .length;
  }

  /// Every message of a real round, byte for byte; only certificates may differ in length.
  @ParameterizedTest
  @EnumSource(EncryptionMode.class)
  void theBytesAreThoseOfARealRound(EncryptionMode mode, @TempDir Path spool) throws Exception {
    TestFederation federation = new TestFederation(4, spool);
    AggregationPlan plan =
        AggregationPlan.uniform(
                mode, true, AggregationParameters.K2_N256, TestFederation.LAYOUT, 0.1f, 10_000)
            .withSegmentParameters(TestFederation.SEGMENT);
    Tensors model = Tensors.allocate(TestFederation.LAYOUT);
    RoundOpen open = federation.open(plan, model, 1, 3);
    TestRound round = new TestRound(federation, open, model);
    for (int client = 0; client < 4; client++) {
      round.deliver(
          client,
          TestFederation.update(TestFederation.LAYOUT, TestFederation.random(client), 9),
          Set.of());
    }
    Bytes sumKey = open.helpers().isEmpty() ? Bytes.EMPTY : open.helpers().getFirst().sumKey();
    int certificate = open.roster().getFirst().certificate().length();
    RoundTraffic traffic =
        RoundTraffic.of(
            plan,
            TestFederation.LAYOUT,
            open.architecture(),
            open.train(),
            new RoundTraffic.Cast(
                open.federation(),
                open.run(),
                open.coordinator().name(),
                open.clients(),
                federation.keyHolder.name(),
                certificate),
            open.threshold(),
            sumKey);

    int certificates =
        open.coordinator().certificate().length()
            + open.roster().stream().mapToInt(member -> member.certificate().length()).sum();
    int counted = certificate * (1 + open.roster().size());
    long result = result(federation, open, round.round.segments().size());
    assertThat(traffic.announcements())
        .isEqualTo(open.encode().length - certificates + counted + result);
    assertThat(traffic.model()).isEqualTo(model.bytes().byteSize());
    if (!mode.isProtected()) {
      assertThat(traffic.helperUp() + traffic.helperDown()).isZero();
      return;
    }
    TestParticipant helper = round.helpers().getFirst();
    long up = open.helpers().getFirst().encode().length;
    long down = 0;
    for (int segment = 0; segment < round.round.segments().size(); segment++) {
      Candidates candidates = round.candidates(segment);
      Optional<ShareStatus> status = Optional.empty();
      for (int i = 0; i < candidates.parts(); i++) {
        Shares part = candidates.sharesFor(helper.name(), i);
        down += part.encode().length;
        status = round.helper(helper).hold(part);
      }
      up += status.orElseThrow().encode().length;
      candidates.add(status.orElseThrow());
      for (TestParticipant other : round.helpers()) {
        if (!other.name().equals(helper.name())) {
          round.hold(candidates, other);
        }
      }
      Cohort cohort = candidates.cohort();
      down += cohort.encode().length;
      List<TestParticipant> signers = round.helpers().subList(0, open.threshold());
      CohortCertificate certified = round.certify(cohort, signers);
      up += certified.signatures().getFirst().encode().length;
      if (mode.scheme().isEmpty()) {
        down += certified.request().encode().length;
        up += round.helper(helper).reveal(certified.request()).encode().length;
      } else {
        var opened = new ai.cifer.secagg.coordinator.OpenedSums(round.round, cohort);
        while (!opened.isComplete()) {
          EncryptedSum sum = round.fold(cohort).encryptedSum(opened.next());
          down += sum.encode().length;
          OpenedSum answer = round.helper(helper).open(sum);
          up += answer.encode().length;
          opened.add(answer);
        }
      }
    }
    assertThat(traffic.helperUp()).isEqualTo(up);
    assertThat(traffic.helperDown()).isEqualTo(down);
  }
}
