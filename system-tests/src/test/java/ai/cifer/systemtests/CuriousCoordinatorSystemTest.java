package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.homocryption.aggregation.BlockOpener;
import ai.cifer.homocryption.aggregation.BlockSum;
import ai.cifer.homocryption.aggregation.OpeningFailed;
import ai.cifer.node.Plugins;
import ai.cifer.node.wire.Kinds;
import ai.cifer.secagg.coordinator.Candidates;
import ai.cifer.secagg.coordinator.CohortCertificate;
import ai.cifer.secagg.coordinator.Reveals;
import ai.cifer.secagg.coordinator.SegmentFold;
import ai.cifer.secagg.coordinator.SegmentSum;
import ai.cifer.secagg.coordinator.StoredSegment;
import ai.cifer.secagg.coordinator.SumRefused;
import ai.cifer.secagg.message.Coefficients;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.CohortSignature;
import ai.cifer.secagg.message.Reveal;
import ai.cifer.secagg.message.RevealRequest;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.ShareStatus;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.VerifiedRound;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A coordinator that holds the stored blocks of four real clients, knows everything that a
/// coordinator knows, and asks a real key holder for what it must not give.
class CuriousCoordinatorSystemTest {
  private static final List<String> CLIENTS = Identities.CLIENTS;
  private static final String KEYS = Identities.KEY_HOLDER;

  @RegisterExtension final Federation federation = new Federation();

  @Test
  void opensOnlyTheSumOfTheOneCohortThatTheKeyHolderSigned() throws Exception {
    federation.model(Federation.PARAMETERS);
    Path file = federation.folder().resolve("model.safetensors");
    GlobalModel model = Plugins.format(file).read(file);
    Path values = federation.folder().resolve("values.f32");
    try (Tensors tensors = model.tensors();
        CuriousCoordinator coordinator =
            new CuriousCoordinator(federation.of("coordinator"), values)) {
      Files.write(values, tensors.bytes().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
      federation.port(coordinator.port());
      Cifer keyHolder = federation.keyHolder();
      federation.clients(4);
      for (String client : CLIENTS) {
        coordinator.awaitJoin(client);
      }
      coordinator.awaitJoin(KEYS);

      Offer offer = coordinator.offer(model, "run-1", List.of(coordinator.hello(KEYS, "run-1", 1)));
      offer.mode = EncryptionMode.KEY_HOLDER;

      // A round that would open sums of two.
      offer.minClients = 2;
      coordinator.send(KEYS, Kinds.ROUND_OPEN, coordinator.sign(offer));
      assertThat(coordinator.awaitRefusal(KEYS, Kinds.SHARE_STATUS)).contains("2", "3");

      offer.minClients = 3;
      RoundOpen open = coordinator.sign(offer);
      VerifiedRound round = coordinator.verified(open);
      coordinator.send(KEYS, Kinds.ROUND_OPEN, open);
      Candidates candidates = new Candidates(round, 0, 0);
      for (String client : CLIENTS) {
        coordinator.send(client, Kinds.ROUND_OPEN, open);
      }
      for (String client : CLIENTS) {
        CuriousCoordinator.Delivered delivered = coordinator.awaitDelivery(client);
        candidates.add(delivered, delivered.manifest().root());
      }
      coordinator.send(KEYS, Kinds.SHARES, candidates.sharesFor(KEYS, 0));
      candidates.add(ShareStatus.decode(coordinator.await(KEYS, Kinds.SHARE_STATUS).body()));
      Cohort all = candidates.cohort();

      // Cohorts of one and of two: refused, and no signature.
      coordinator.send(KEYS, Kinds.COHORT, some(all, 1));
      assertThat(coordinator.awaitRefusal(KEYS, Kinds.COHORT_SIGNATURE))
          .contains("cohort: 1 clients");
      coordinator.send(KEYS, Kinds.COHORT, some(all, 2));
      assertThat(coordinator.awaitRefusal(KEYS, Kinds.COHORT_SIGNATURE))
          .contains("cohort: 2 clients");
      nothingKnownOpensASingleUpdate(round, coordinator.blocks);

      coordinator.send(KEYS, Kinds.COHORT, all);
      CohortSignature signature =
          CohortSignature.decode(coordinator.await(KEYS, Kinds.COHORT_SIGNATURE).body());

      // The difference of two sums would be an update: no second cohort, also after a restart.
      coordinator.send(KEYS, Kinds.COHORT, some(all, 3));
      assertThat(coordinator.awaitRefusal(KEYS, Kinds.COHORT_SIGNATURE))
          .contains("another cohort was signed");
      keyHolder.kill();
      coordinator.awaitGone(KEYS);
      federation.keyHolder();
      coordinator.awaitJoin(KEYS);
      coordinator.send(KEYS, Kinds.ROUND_OPEN, open);
      coordinator.send(KEYS, Kinds.COHORT, some(all, 3));
      assertThat(coordinator.awaitRefusal(KEYS, Kinds.COHORT_SIGNATURE))
          .contains("another cohort was signed");

      // A reveal for a cohort that it did not sign, with the signature on the one that it did.
      Cohort three = some(all, 3);
      coordinator.send(
          KEYS,
          Kinds.REVEAL_REQUEST,
          new RevealRequest(round.ctx(), 0, 0, three.hash(), List.of(signature)));
      assertThat(coordinator.awaitRefusal(KEYS, Kinds.REVEAL)).contains("not signed here");

      // What it may have: the sum of the four.
      CohortCertificate certificate = new CohortCertificate(round, all);
      certificate.add(signature);
      coordinator.send(KEYS, Kinds.REVEAL_REQUEST, certificate.request());
      Reveals reveals = new Reveals(round, all);
      reveals.add(Reveal.decode(coordinator.await(KEYS, Kinds.REVEAL).body()));
      Coefficients sumOfSecrets = reveals.sumOfSecrets().sum();
      try (Tensors mean = Tensors.allocate(open.layout())) {
        SegmentSum sum = fold(round, all, coordinator.blocks).open(sumOfSecrets, mean);
        assertThat(sum.clients()).isEqualTo(4);
        assertThat(mean.get(0)).isBetween(-0.05f, 0.05f).isNotZero();
        // And nothing smaller with it.
        assertThatThrownBy(() -> fold(round, three, coordinator.blocks).open(sumOfSecrets, mean))
            .isInstanceOf(SumRefused.class);
      }
      for (String client : CLIENTS) {
        assertOpensNot(round, coordinator.blocks, client, sumOfSecrets.toIntArray());
      }
    }
  }

  /// The same entries without those of the last clients.
  private static Cohort some(Cohort cohort, int clients) {
    return new Cohort(
        cohort.ctx(), cohort.segment(), cohort.attempt(), cohort.entries().subList(0, clients));
  }

  private static void nothingKnownOpensASingleUpdate(
      VerifiedRound round, Map<String, byte[]> blocks) {
    int degree = round.plan().parameters().degree();
    int[] guess = new int[degree];
    for (String client : CLIENTS) {
      assertOpensNot(round, blocks, client, guess);
      Arrays.fill(guess, 1);
      assertOpensNot(round, blocks, client, guess);
      Arrays.fill(guess, 0);
    }
  }

  private static void assertOpensNot(
      VerifiedRound round, Map<String, byte[]> blocks, String client, int[] secret) {
    AggregationParameters parameters = round.plan().parameters();
    byte[] seed = round.context().publicSeed(0, 0);
    assertThatThrownBy(
            () -> {
              BlockSum sum = new BlockSum(parameters);
              sum.add(
                  ByteBuffer.wrap(
                      blocks.getOrDefault(CuriousCoordinator.name(client, 0, 0), new byte[0])));
              new BlockOpener(parameters, seed, secret, 1)
                  .open(0, sum, new long[parameters.valuesPerBlock()]);
            })
        .as(client)
        .isInstanceOf(OpeningFailed.class);
  }

  private static SegmentFold fold(VerifiedRound round, Cohort cohort, Map<String, byte[]> blocks)
      throws IOException {
    Map<String, StoredSegment> stored = new HashMap<>();
    for (String client : cohort.clients()) {
      byte[] bytes = blocks.getOrDefault(CuriousCoordinator.name(client, 0, 0), new byte[0]);
      stored.put(client, (position, out) -> out.put(bytes, (int) position, out.remaining()));
    }
    return new SegmentFold(round, cohort, stored, _ -> {});
  }
}
