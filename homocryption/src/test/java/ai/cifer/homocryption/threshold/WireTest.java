package ai.cifer.homocryption.threshold;

import static ai.cifer.homocryption.threshold.TestCommittee.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksEncoder;
import ai.cifer.homocryption.ckks.CkksEncryptor;
import ai.cifer.homocryption.ckks.CkksEvaluator;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.CkksPublicKey;
import ai.cifer.homocryption.ckks.GaloisKeys;
import ai.cifer.homocryption.ckks.InsecureParameters;
import ai.cifer.homocryption.ckks.RelinearizationKey;
import ai.cifer.homocryption.codec.SecretKeyAccess;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three parties that share nothing but bytes: everything that one gives to another is written and
/// read, and each makes its own session from the public facts. From the first commitment to the
/// released values.
class WireTest {
  private static final SecretKeyAccess ACCESS = SecretKeyAccess.insecureBytes();
  private static final CkksParameters P = InsecureParameters.composite(8);
  private static final SmudgingPolicy POLICY = new SmudgingPolicy(4, 40);
  private static final byte[] SEED = new byte[32];

  @TempDir Path folder;

  @FunctionalInterface
  private interface Written {
    void write(java.io.OutputStream out) throws IOException;
  }

  @FunctionalInterface
  private interface Accepting<S> {
    void accept(S party, ByteBuffer message);
  }

  private static ByteBuffer bytes(Written written) {
    var out = new ByteArrayOutputStream();
    try {
      written.write(out);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return ByteBuffer.wrap(out.toByteArray());
  }

  private static InputStream stream(Written written) {
    return new ByteArrayInputStream(bytes(written).array());
  }

  private static <S> void toAllOthers(
      List<S> parties, int sender, ByteBuffer message, Accepting<S> accepting) {
    for (int receiver = 0; receiver < parties.size(); receiver++) {
      if (receiver != sender) {
        accepting.accept(parties.get(receiver), message.duplicate());
      }
    }
  }

  /// A party: its own session, secret and view.
  private static final class Party {
    final ThresholdSession session = ThresholdSession.of(P, new Committee(3, 2), SEED, "wire");
    final PartySecretKey secret;
    final PublicKeyGeneration publicKeys = new PublicKeyGeneration(session);
    final RelinearizationKeyGeneration relinearization = new RelinearizationKeyGeneration(session);
    final GaloisKeyGeneration galois = new GaloisKeyGeneration(session);
    final SecretSharing sharing = new SecretSharing(session);
    final CommitThenOpen<PublicKeyShare> publicKeyExchange;
    final CommitThenOpen<RelinearizationKeyShare> roundOne;
    final List<RelinearizationKeyShare> roundTwo = new ArrayList<>();
    final List<GaloisKeyShare> galoisShares = new ArrayList<>();
    final Map<Integer, DealtSecretShare> dealt = new HashMap<>();

    Party(int number) {
      secret = PartySecretKey.generate(session, number, RANDOM);
      publicKeyExchange = new CommitThenOpen<>(publicKeys.share(secret, RANDOM));
      roundOne = new CommitThenOpen<>(relinearization.roundOne(secret, RANDOM));
    }

    CkksPublicKey publicKey() {
      return publicKeys.aggregate(publicKeyExchange.shares());
    }

    SecretKeyShare keyShare() {
      return sharing.aggregate(secret.party(), publicKey(), dealt.values(), RANDOM);
    }
  }

  private final List<Party> parties = List.of(new Party(1), new Party(2), new Party(3));

  @Test
  void threePartiesThatShareOnlyBytesReleaseAResult() throws IOException {
    commitAndOpen();
    answerAndRotate();
    deal();
    Party evaluating = parties.getLast();
    CkksPublicKey publicKey = evaluating.publicKey();
    for (Party party : parties) {
      assertThat(party.publicKey().keyId()).isEqualTo(publicKey.keyId());
    }
    RelinearizationKey relinearizationKey =
        evaluating.relinearization.aggregate(
            publicKey, evaluating.roundOne.shares(), evaluating.roundTwo);
    GaloisKeys galoisKeys = evaluating.galois.aggregate(publicKey, evaluating.galoisShares);
    var evaluator =
        new CkksEvaluator(
            RelinearizationKey.read(P, stream(relinearizationKey::write)),
            GaloisKeys.read(P, stream(galoisKeys::write)));
    double[] values = new double[P.slots()];
    java.util.Arrays.setAll(values, Math::sin);
    CkksCiphertext x =
        new CkksEncryptor(CkksPublicKey.read(P, stream(publicKey::write)), RANDOM)
            .encrypt(new CkksEncoder(P).encode(values));
    CkksCiphertext y =
        evaluator.rotate(evaluator.rescale(evaluator.relinearize(evaluator.square(x))), 1);

    double[] released = release(y, publicKey).values();
    for (int j = 0; j < values.length; j++) {
      double expected = Math.pow(values[(j + 1) % values.length], 2);
      assertThat(released[j]).isBetween(expected - 0x1p-25, expected + 0x1p-25);
    }
  }

  private void commitAndOpen() {
    for (int i = 0; i < parties.size(); i++) {
      Party sender = parties.get(i);
      toAllOthers(
          parties,
          i,
          bytes(sender.publicKeyExchange.commitment()::write),
          (p, in) -> p.publicKeyExchange.accept(Commitment.read(p.session, in)));
      toAllOthers(
          parties,
          i,
          bytes(sender.roundOne.commitment()::write),
          (p, in) -> p.roundOne.accept(Commitment.read(p.session, in)));
    }
    for (int i = 0; i < parties.size(); i++) {
      Party sender = parties.get(i);
      assertThat(sender.publicKeyExchange.transcript())
          .isEqualTo(parties.getFirst().publicKeyExchange.transcript());
      toAllOthers(
          parties,
          i,
          bytes(sender.publicKeyExchange.open()::write),
          (p, in) -> p.publicKeyExchange.accept(PublicKeyShare.read(p.session, in)));
      toAllOthers(
          parties,
          i,
          bytes(sender.roundOne.open()::write),
          (p, in) -> p.roundOne.accept(RelinearizationKeyShare.read(p.session, 1, in)));
    }
  }

  private void answerAndRotate() {
    for (int i = 0; i < parties.size(); i++) {
      Party sender = parties.get(i);
      RelinearizationKeyShare two =
          sender.relinearization.roundTwo(sender.secret, sender.roundOne.shares(), RANDOM);
      sender.roundTwo.add(two);
      toAllOthers(
          parties,
          i,
          bytes(two::write),
          (p, in) -> p.roundTwo.add(RelinearizationKeyShare.read(p.session, 2, in)));
      GaloisKeyShare rotation = sender.galois.shares(sender.secret, RANDOM, 1).getFirst();
      sender.galoisShares.add(rotation);
      toAllOthers(
          parties,
          i,
          bytes(rotation::write),
          (p, in) -> p.galoisShares.add(GaloisKeyShare.read(p.session, in)));
    }
  }

  private void deal() {
    for (Party dealer : parties) {
      for (DealtSecretShare share : dealer.sharing.deal(dealer.secret, RANDOM)) {
        Party receiver = parties.get(share.receiver() - 1);
        ByteBuffer sealed = bytes(out -> share.write(ACCESS, out));
        receiver.dealt.put(share.dealer(), DealtSecretShare.read(ACCESS, receiver.session, sealed));
        share.close();
      }
    }
  }

  private ReleasedVector release(CkksCiphertext ciphertext, CkksPublicKey publicKey)
      throws IOException {
    List<PartialDecryption> received = new ArrayList<>();
    ThresholdSession session = parties.getFirst().session;
    for (int number : new int[] {3, 1}) {
      Party party = parties.get(number - 1);
      party.secret.close();
      var bound = TrackedErrorBound.fresh(party.session, 1);
      Smudging smudging =
          Smudging.of(
              party.session, POLICY, bound.times(bound).relinearize().rescale().rotate(), 25);
      try (SecretKeyShare made = party.keyShare();
          SecretKeyShare share =
              SecretKeyShare.read(ACCESS, party.session, bytes(out -> made.write(ACCESS, out)));
          DecryptionLog log =
              DecryptionLog.create(folder.resolve("party-" + number), share, POLICY)) {
        PartialDecryption given =
            new PartialDecryptor(share, log)
                .decrypt(
                    CkksCiphertext.read(P, stream(ciphertext::write)),
                    ActiveSet.of(new Committee(3, 2), 1, 3),
                    smudging);
        received.add(PartialDecryption.read(session, bytes(given::write)));
      }
    }
    var bound = TrackedErrorBound.fresh(session, 1);
    Smudging smudging =
        Smudging.of(session, POLICY, bound.times(bound).relinearize().rescale().rotate(), 25);
    return new ResultCombiner(session, publicKey).combine(ciphertext, smudging, received);
  }
}
