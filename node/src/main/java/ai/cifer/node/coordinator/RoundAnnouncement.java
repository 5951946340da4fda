package ai.cifer.node.coordinator;

import ai.cifer.node.identity.CertificateEnrolment;
import ai.cifer.node.identity.Participant;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.Draw;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.Member;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.round.StartingPoint;
import java.security.cert.CertificateEncodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/// Makes the message that opens a round.
final class RoundAnnouncement {

  private RoundAnnouncement() {}

  /// @param seats everybody in the round; who left meanwhile is given up like anybody silent
  /// @param draw how the helpers were drawn, if not all clients help
  static RoundOpen of(
      RoundSetting setting,
      SortedMap<String, Seat> seats,
      SortedSet<String> helpers,
      int threshold,
      Map<String, HelperHello> hellos,
      Optional<Draw> draw) {
    List<Member> members = new ArrayList<>();
    long mostExamples = 1;
    for (Seat seat : seats.values()) {
      members.add(member(seat.participant));
      mostExamples = Math.max(mostExamples, seat.examples());
    }
    AggregationPlan plan =
        AggregationPlan.of(
                setting.config().encryption(),
                setting.config().quantise() || setting.config().encryption().isProtected(),
                setting.config().profile(),
                setting.clips(),
                setting.weightCap(mostExamples),
                setting.config().segmentParameters())
            .withPartialRounds(setting.partial());
    return new RoundOpen(
            setting.federation(),
            setting.folder().run(),
            setting.round(),
            plan,
            setting.model().tensors().layout(),
            StartingPoint.digest(setting.model().tensors(), setting.memory().sent()),
            setting.model().architecture(),
            setting.train(),
            setting.previous(),
            threshold,
            setting.config().minClients(),
            member(setting.identity().participant()),
            members,
            helpers.stream().map(hellos::get).toList(),
            draw,
            Bytes.EMPTY)
        .signed(CertificateEnrolment.signer(setting.identity()));
  }

  private static Member member(Participant participant) {
    try {
      return new Member(
          participant.name(),
          CertificateEnrolment.protocolRole(participant.role()),
          Bytes.of(participant.certificate().getEncoded()));
    } catch (CertificateEncodingException impossible) {
      throw new IllegalStateException("a certificate that was parsed can be encoded", impossible);
    }
  }
}
