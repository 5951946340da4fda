package ai.cifer.systemtests;

import static ai.cifer.systemtests.AttackedFederation.HONEST;
import static ai.cifer.systemtests.AttackedFederation.ONE;
import static ai.cifer.systemtests.AttackedFederation.TRAITOR;
import static ai.cifer.systemtests.AttackedFederation.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.node.identity.Authority;
import ai.cifer.node.identity.CertificateEnrolment;
import ai.cifer.node.identity.CertificateRequest;
import ai.cifer.node.identity.Identity;
import ai.cifer.node.identity.Role;
import ai.cifer.node.wire.Kinds;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.share.HelperKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A coordinator that offers real clients less than their own files demand, or not the same to all:
/// nothing of theirs leaves.
class UnfairOfferSystemTest {
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

  @BeforeEach
  void forget() {
    attacked.coordinator.uploads.clear();
  }

  /// Why the client does not take part; it sent nothing before it said so.
  private static String refusal(String client, RoundOpen open) throws Exception {
    attacked.coordinator.send(client, Kinds.ROUND_OPEN, open);
    String reason = attacked.coordinator.awaitWithdrawal(client);
    assertThat(attacked.coordinator.uploads).noneMatch(upload -> upload.client.equals(client));
    return reason;
  }

  private static String refusal(Offer offer) throws Exception {
    return refusal(ONE, attacked.coordinator.sign(offer));
  }

  @Test
  void aKMinBelowTheClientsOwn_isRefused() throws Exception {
    Offer offer = attacked.offer();
    offer.minClients = 2;
    assertThat(refusal(offer))
        .contains("k_min: 2 (expected: >= 3, as this participant demands)")
        .contains("let a third participant join");
  }

  @Test
  void noEncryption_isRefused() throws Exception {
    Offer offer = attacked.offer();
    offer.mode = EncryptionMode.NONE;
    assertThat(refusal(offer)).contains("encryption: none (expected: one of [secure-aggregation])");
  }

  @Test
  void aThresholdThatFewHelpersReach_isRefused() throws Exception {
    Offer offer = attacked.offer();
    offer.threshold = 2;
    assertThat(refusal(offer)).contains("threshold: 2 of 4 helpers (expected: >= 3)");
  }

  /// One accomplice of one helper would hold the secrets themselves.
  @Test
  void helpersThatAreNotAllClients_areRefused() throws Exception {
    Offer offer = attacked.offer();
    offer.helpers = List.of(attacked.accomplice.hello(offer.run, offer.round));
    offer.threshold = 1;
    assertThat(refusal(offer))
        .contains("helpers: 1 of 4 clients (expected: all, as there are at most 32)");
  }

  @Test
  void anotherModelThanTheAnnouncedOne_isRefused() throws Exception {
    Path values = PROCESSES.folder().resolve("values.f32");
    byte[] announced = Files.readAllBytes(values);
    byte[] swapped = announced.clone();
    swapped[swapped.length / 2] ^= 1;
    Files.write(values, swapped);
    try {
      assertThat(refusal(attacked.offer())).startsWith("model: hash ");
    } finally {
      Files.write(values, announced);
    }
  }

  @Test
  void aRosterWithAStrangerOfAnotherAuthority_isRefused() throws Exception {
    Offer offer = attacked.offer();
    try (Identity stranger = stranger(PROCESSES.folder().resolve("elsewhere"))) {
      offer.replace(
          TRAITOR,
          stranger.participant(),
          HelperKey.generate(
                  attacked.coordinator.federation(),
                  offer.run,
                  1,
                  CertificateEnrolment.signer(stranger),
                  new SecureRandom())
              .hello());
      assertThat(refusal(offer)).contains("certificate of CLIENT stranger");
    }
  }

  @Test
  void aRosterThatOthersAreNotShown_isAnotherContext_andItsSharesOpenForNobody() throws Exception {
    Offer offer = attacked.offer();
    RoundOpen toOne = attacked.coordinator.sign(offer);
    offer.roster = offer.roster.stream().filter(member -> !member.name().equals(TRAITOR)).toList();
    offer.helpers =
        offer.helpers.stream().filter(hello -> !hello.helper().equals(TRAITOR)).toList();
    RoundOpen toTwo = attacked.coordinator.sign(offer);
    attacked.coordinator.send(ONE, Kinds.ROUND_OPEN, toOne);
    attacked.coordinator.send(TWO, Kinds.ROUND_OPEN, toTwo);
    var ofOne = attacked.coordinator.awaitDelivery(ONE);
    var ofTwo = attacked.coordinator.awaitDelivery(TWO);

    assertThat(ofOne.manifest().ctx()).isNotEqualTo(ofTwo.manifest().ctx());
    // Nor may one and the same client be shown both.
    attacked.coordinator.uploads.clear();
    assertThat(refusal(ONE, toTwo)).contains("opened with other contents before");
  }

  @Test
  void aRoundThatSomebodyElseSigned_isRefused() throws Exception {
    RoundOpen forged = attacked.offer().signed(attacked.accomplice.signer());
    assertThat(refusal(ONE, forged)).contains("signature of coordinator: does not hold");
  }

  @Test
  void afterAllThat_aFairOfferIsTaken() throws Exception {
    try (CapturedRound round = attacked.capture(attacked.offer())) {
      round.checkAll();
      assertThat(round.round.open().clients()).containsAll(HONEST);
    }
  }

  private static Identity stranger(Path folder) throws IOException {
    Authority.create(folder.resolve("ca"), "elsewhere", Duration.ofDays(2), InstantSource.system())
        .close();
    Path own = folder.resolve("stranger");
    CertificateRequest request = CertificateRequest.create(own, Role.CLIENT, "stranger", List.of());
    try (Authority authority = Authority.open(folder.resolve("ca"))) {
      authority.sign(
          request, Duration.ofDays(1), InstantSource.system(), own.resolve("certificate.pem"));
    }
    return Identity.load(
        own.resolve("certificate.pem"),
        own.resolve(CertificateRequest.KEY_FILE),
        folder.resolve("ca").resolve(Authority.CERTIFICATE_FILE),
        InstantSource.system());
  }
}
