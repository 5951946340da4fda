package ai.cifer.systemtests;

import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.node.identity.CertificateEnrolment;
import ai.cifer.node.identity.Participant;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.identity.Signer;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.Member;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import java.security.cert.CertificateEncodingException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/// What a coordinator offers in the message that opens a round: a fair offer, until a test changes
/// a field.
final class Offer {
  private final String federation;
  private final GlobalModel model;
  private final Member coordinator;

  String run;
  int round = 1;
  EncryptionMode mode = EncryptionMode.SECURE_AGGREGATION;
  AggregationParameters parameters = AggregationParameters.K2_N256;
  float clip = 1;
  long segmentParameters = 1L << 24;
  Bytes modelHash;
  int threshold;
  int minClients = 3;
  List<Member> roster;
  List<HelperHello> helpers;

  /// @param run one that no participant knows yet
  /// @param roster all that take part
  /// @param helpers by ascending names
  Offer(
      String federation,
      String run,
      GlobalModel model,
      Participant coordinator,
      Collection<Participant> roster,
      List<HelperHello> helpers) {
    this.federation = federation;
    this.run = run;
    this.model = model;
    this.coordinator = member(coordinator);
    this.roster =
        roster.stream().map(Offer::member).sorted(Comparator.comparing(Member::name)).toList();
    this.helpers = helpers;
    modelHash = Bytes.of(model.tensors().digest());
    threshold = 2 * helpers.size() / 3 + 1;
  }

  static Member member(Participant participant) {
    try {
      return new Member(
          participant.name(),
          CertificateEnrolment.protocolRole(participant.role()),
          Bytes.of(participant.certificate().getEncoded()));
    } catch (CertificateEncodingException impossible) {
      throw new IllegalStateException("a certificate that was parsed can be encoded", impossible);
    }
  }

  /// Puts somebody else, with a hello, in the place of a client.
  void replace(String client, Participant other, HelperHello hello) {
    roster = replaced(roster, Member::name, client, member(other));
    helpers = replaced(helpers, HelperHello::helper, client, hello);
  }

  private static <T> List<T> replaced(
      List<T> all, Function<T, String> name, String old, T replacement) {
    return all.stream()
        .map(each -> name.apply(each).equals(old) ? replacement : each)
        .sorted(Comparator.comparing(name))
        .toList();
  }

  RoundOpen signed(Signer signer) {
    return new RoundOpen(
            federation,
            run,
            round,
            AggregationPlan.uniform(mode, true, parameters, model.tensors().layout(), clip, 100)
                .withSegmentParameters(segmentParameters),
            model.tensors().layout(),
            modelHash,
            model.architecture(),
            new TrainConfig(0.1, 32, 1, 5),
            RoundOpen.NO_RESULT,
            mode.isProtected() ? threshold : 0,
            minClients,
            coordinator,
            roster,
            mode.isProtected() ? helpers : List.of(),
            Bytes.EMPTY)
        .signed(signer);
  }
}
