package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksEncoder;
import ai.cifer.homocryption.ckks.CkksEncryptor;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.CkksPublicKey;
import ai.cifer.homocryption.ckks.GaloisKeys;
import ai.cifer.homocryption.ckks.RelinearizationKey;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/// All parties of one key in one process, each with its own objects, every message passed on as a
/// transport would.
final class TestCommittee implements AutoCloseable {
  static final SecureRandom RANDOM = new SecureRandom();

  final ThresholdSession session;
  final CkksPublicKey publicKey;
  final List<SecretKeyShare> shares = new ArrayList<>();
  final RnsRing ring;
  final RnsPolynomial jointSecret;
  private final List<PartySecretKey> secrets = new ArrayList<>();
  private final CkksEncoder encoder;

  TestCommittee(ThresholdSession session) {
    this.session = session;
    this.ring = session.parameters().ring();
    this.encoder = new CkksEncoder(session.parameters());
    int n = session.committee().parties();
    for (int party = 1; party <= n; party++) {
      secrets.add(PartySecretKey.generate(session, party, RANDOM));
    }
    var generation = new PublicKeyGeneration(session);
    publicKey =
        generation.aggregate(
            exchange(secrets.stream().map(s -> generation.share(s, RANDOM)).toList()));
    var sharing = new SecretSharing(session);
    List<List<DealtSecretShare>> dealt =
        secrets.stream().map(s -> sharing.deal(s, RANDOM)).toList();
    for (int party = 1; party <= n; party++) {
      int receiver = party;
      shares.add(
          sharing.aggregate(
              party,
              publicKey,
              dealt.stream().map(shares -> shares.get(receiver - 1)).toList(),
              RANDOM));
    }
    dealt.forEach(all -> all.forEach(DealtSecretShare::close));
    jointSecret = Residues.zero(ring, ring.primes());
    for (PartySecretKey secret : secrets) {
      Residues.addInto(ring, secret.take(session, "test"), jointSecret);
    }
  }

  static TestCommittee of(CkksParameters parameters, int parties, int threshold) {
    return new TestCommittee(session(parameters, parties, threshold));
  }

  static ThresholdSession session(CkksParameters parameters, int parties, int threshold) {
    byte[] seed = new byte[32];
    RANDOM.nextBytes(seed);
    return ThresholdSession.of(parameters, new Committee(parties, threshold), seed, "test");
  }

  /// Commit-then-open, as each party runs it; the last party's view.
  static <S extends KeyShare> OpenedShares<S> exchange(List<S> shares) {
    List<CommitThenOpen<S>> parties = shares.stream().map(CommitThenOpen::new).toList();
    for (CommitThenOpen<S> sender : parties) {
      for (CommitThenOpen<S> receiver : parties) {
        receiver.accept(sender.commitment());
      }
    }
    for (CommitThenOpen<S> sender : parties) {
      S opened = sender.open();
      for (CommitThenOpen<S> receiver : parties) {
        receiver.accept(opened);
      }
    }
    return parties.getLast().shares();
  }

  PartySecretKey secret(int party) {
    return secrets.get(party - 1);
  }

  RelinearizationKey relinearizationKey() {
    var generation = new RelinearizationKeyGeneration(session);
    var one = exchange(secrets.stream().map(s -> generation.roundOne(s, RANDOM)).toList());
    return generation.aggregate(
        publicKey, one, secrets.stream().map(s -> generation.roundTwo(s, one, RANDOM)).toList());
  }

  GaloisKeys galoisKeys(boolean conjugation, int... steps) {
    var generation = new GaloisKeyGeneration(session);
    List<GaloisKeyShare> all = new ArrayList<>();
    for (PartySecretKey secret : secrets) {
      all.addAll(generation.shares(secret, RANDOM, steps));
      if (conjugation) {
        all.add(generation.conjugationShare(secret, RANDOM));
      }
    }
    return generation.aggregate(publicKey, all);
  }

  double[] vector(IntToDoubleFunction f) {
    return IntStream.range(0, session.parameters().slots()).mapToDouble(f).toArray();
  }

  CkksCiphertext encrypt(double[] values) {
    return new CkksEncryptor(publicKey, RANDOM).encrypt(encoder.encode(values));
  }

  DecryptionLog createLog(Path folder, int party, SmudgingPolicy policy) throws IOException {
    return DecryptionLog.create(
        folder.resolve("party" + party + ".log"), shares.get(party - 1), policy);
  }

  /// A decryption by a set, with fresh logs in a folder.
  ReleasedVector decrypt(Path folder, CkksCiphertext ciphertext, Smudging smudging, int... parties)
      throws IOException {
    ActiveSet set = ActiveSet.of(session.committee(), parties);
    List<PartialDecryption> given = new ArrayList<>();
    for (int party : parties) {
      try (var log = createLog(folder, party, smudging.policy())) {
        given.add(
            new PartialDecryptor(shares.get(party - 1), log).decrypt(ciphertext, set, smudging));
      }
    }
    return combine(ciphertext, smudging, given);
  }

  ReleasedVector combine(
      CkksCiphertext ciphertext, Smudging smudging, Collection<PartialDecryption> given) {
    return new ResultCombiner(session, publicKey).combine(ciphertext, smudging, given);
  }

  @Override
  public void close() {
    secrets.forEach(PartySecretKey::close);
    shares.forEach(SecretKeyShare::close);
    jointSecret.clear();
  }
}
