package ai.cifer.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.coordinator.ContributionRefused;
import ai.cifer.secagg.coordinator.OpenDraw;
import ai.cifer.secagg.helper.BeaconMember;
import ai.cifer.secagg.helper.RequestRefused;
import ai.cifer.secagg.message.BeaconCommitment;
import ai.cifer.secagg.message.BeaconList;
import ai.cifer.secagg.message.BeaconOpening;
import ai.cifer.secagg.message.Draw;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.RoundRefused;
import ai.cifer.secagg.round.RoundRefused.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A coordinator that would like to choose who opens sums.
class DrawAttackTest {
  private static final EncryptionMode MODE = EncryptionMode.SECURE_AGGREGATION;
  private static final ModelLayout LAYOUT =
      new ModelLayout(List.of(new TensorSpec("w", List.of(30))));
  private static final String RUN = "run-1";

  @TempDir Path spool;
  private final Tensors model = Tensors.allocate(LAYOUT);
  private final AggregationPlan plan = AggregationPlan.uniform(MODE, true, LAYOUT, 1f, 100);

  private TestFederation federation(int clients) {
    return new TestFederation(clients, spool);
  }

  private void assertRefused(TestFederation federation, RoundOpen open, Reason reason) {
    RoundOpen signed = RoundOpen.decode(open.signed(federation.coordinator).encode());
    assertThatThrownBy(() -> federation.client(0, MODE).accept(signed))
        .isInstanceOfSatisfying(
            RoundRefused.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  private static RoundOpen with(RoundOpen open, List<HelperHello> helpers, Optional<Draw> draw) {
    return new RoundOpen(
        open.federation(),
        open.run(),
        open.round(),
        open.plan(),
        open.layout(),
        open.modelHash(),
        open.architecture(),
        open.train(),
        open.previousResult(),
        open.threshold(),
        open.minClients(),
        open.coordinator(),
        open.roster(),
        helpers,
        draw,
        Bytes.EMPTY);
  }

  @Test
  void ofFewClientsAllHelp_andNobodyIsLeftOut() throws IOException {
    TestFederation four = federation(4);
    RoundOpen open = four.open(plan, model, 1, 3);
    four.client(0, MODE).accept(open);
    TestFederation others = federation(4);
    RoundOpen all = others.open(plan, model, 1, 3);
    assertRefused(others, with(all, all.helpers().subList(0, 3), Optional.empty()), Reason.HELPERS);
  }

  @Test
  void ofManyClientsNobodyButTheBeaconChooses() throws IOException {
    TestFederation many = federation(34);
    RoundOpen open = many.open(plan, model, 1, 3);
    assertThat(open.helpers()).hasSize(Draw.HELPERS);
    assertRefused(many, with(open, open.helpers(), Optional.empty()), Reason.HELPERS);

    // One helper is replaced by somebody who was not drawn.
    List<HelperHello> chosen = new ArrayList<>(open.helpers());
    TestParticipant other =
        many.clients.stream()
            .filter(client ->
                open.helpers().stream().noneMatch(hello -> hello.helper().equals(client.name())))
            .findFirst()
            .orElseThrow();
    chosen.set(31, many.helper(other, MODE).hello(RUN, 1));
    chosen.sort(Comparator.comparing(HelperHello::helper));
    assertRefused(many, with(open, chosen, open.draw()), Reason.HELPERS);

    // A draw of another attempt, in which all took part as well.
    Draw second = many.draw(RUN, 1, 2, MODE);
    assertRefused(many, open, Reason.HELPERS);
    assertThat(second.number()).isEqualTo(2);
  }

  @Test
  void bytesThatAMemberDidNotCommitToDoNotCount() throws IOException {
    TestFederation many = federation(33);
    RoundOpen open = many.open(plan, model, 1, 3);
    Draw draw = open.draw().orElseThrow();
    List<Draw.Opening> altered = new ArrayList<>(draw.openings());
    Draw.Opening one = altered.get(5);
    altered.set(5, new Draw.Opening(one.member(), Bytes.zeros(32), one.signature()));
    assertRefused(
        many, with(open, open.helpers(), Optional.of(new Draw(1, altered))), Reason.SIGNATURE);
    // A member that is left out is left out of the round too, or nobody takes part.
    altered.remove(5);
    assertThatThrownBy(() -> with(open, open.helpers(), Optional.of(new Draw(1, altered))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("all clients of the round");
  }

  @Test
  void aMemberOpensForOneListOnly_withItsOwnCommitment_andNotAfterARestart() throws IOException {
    TestFederation many = federation(34);
    OpenDraw collected = new OpenDraw(TestFederation.NAME, RUN, 1, 1);
    Map<String, BeaconMember> members = new HashMap<>();
    for (TestParticipant client : many.clients) {
      BeaconMember member = many.helper(client, MODE).beacon();
      members.put(client.name(), member);
      collected.add(member.commit(RUN, 1, 1), client::verify);
    }
    BeaconMember self = members.get("client-000");
    BeaconList all = collected.list(new TreeSet<>(members.keySet()));
    BeaconList without =
        new BeaconList(all.federation(), RUN, 1, 1, all.entries().subList(1, all.entries().size()));
    BeaconList fewer = new BeaconList(all.federation(), RUN, 1, 1, all.entries().subList(0, 33));

    assertThatThrownBy(() -> self.open(without)).isInstanceOf(RequestRefused.class);
    BeaconOpening opening = self.open(all);
    assertThat(self.open(all)).isEqualTo(opening);
    assertThatThrownBy(() -> self.open(fewer))
        .isInstanceOf(RequestRefused.class)
        .hasMessageContaining("a second one");

    BeaconMember restarted =
        many.newHelper(many.clients.getFirst(), TestFederation.policy(MODE)).beacon();
    assertThatThrownBy(() -> restarted.open(all)).isInstanceOf(RequestRefused.class);
    assertThatThrownBy(() -> restarted.commit(RUN, 1, 1)).isInstanceOf(RequestRefused.class);
    assertThat(restarted.commit(RUN, 1, 2).commitment())
        .isNotEqualTo(self.commit(RUN, 1, 2).commitment());
    assertThatThrownBy(() -> restarted.commit(RUN, 1, Draw.MAX_NUMBER + 1))
        .isInstanceOf(RequestRefused.class)
        .hasMessageContaining("1 to 8");
    assertThatThrownBy(() -> restarted.commit(RUN, 1, 0)).isInstanceOf(RequestRefused.class);
  }

  @Test
  void theCoordinatorTakesNothingThatOthersWouldRefuse() throws IOException {
    TestFederation many = federation(33);
    OpenDraw collected = new OpenDraw(TestFederation.NAME, RUN, 1, 1);
    TestParticipant first = many.clients.getFirst();
    BeaconMember member = many.helper(first, MODE).beacon();
    BeaconCommitment commitment = member.commit(RUN, 1, 1);
    assertThat(collected.add(commitment, first::verify)).isTrue();
    assertThat(collected.add(commitment, first::verify)).isTrue();
    assertThatThrownBy(() -> collected.add(commitment, many.clients.get(1)::verify))
        .isInstanceOf(ContributionRefused.class);
    BeaconCommitment second =
        new BeaconCommitment(
                TestFederation.NAME, RUN, 1, 1, first.name(), Bytes.zeros(32), Bytes.EMPTY)
            .signed(first);
    assertThatThrownBy(() -> collected.add(second, first::verify))
        .isInstanceOf(ContributionRefused.class);
    BeaconList list = collected.list(new TreeSet<>(List.of(first.name())));
    BeaconOpening opening = member.open(list);
    assertThatThrownBy(
            () -> collected.add(new BeaconOpening(opening.list(), first.name(), Bytes.zeros(32))))
        .isInstanceOf(ContributionRefused.class);
    assertThatThrownBy(collected::draw).isInstanceOf(IllegalStateException.class);
    assertThat(collected.add(opening)).isTrue();
    assertThat(collected.draw().members()).containsExactly(first.name());
  }

  /// Known answer, computed with Python's hashlib from the layout that `Draw` documents.
  @Test
  void theSampleIsThis() {
    List<Draw.Opening> openings = new ArrayList<>();
    for (int i = 0; i < 34; i++) {
      byte[] value = new byte[32];
      value[0] = (byte) i;
      openings.add(new Draw.Opening("m%02d".formatted(i), Bytes.of(value), Bytes.zeros(64)));
    }
    List<String> sample = new Draw(3, openings).sample("fed", "run", 7);
    List<String> leftOut = new ArrayList<>(openings.stream().map(Draw.Opening::member).toList());
    leftOut.removeAll(sample);
    assertThat(leftOut).containsExactly("m05", "m33");
  }
}
