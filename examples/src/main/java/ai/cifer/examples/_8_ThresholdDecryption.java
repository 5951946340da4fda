package ai.cifer.examples;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksEncoder;
import ai.cifer.homocryption.ckks.CkksEncryptor;
import ai.cifer.homocryption.ckks.CkksEvaluator;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.CkksPublicKey;
import ai.cifer.homocryption.ckks.Preset;
import ai.cifer.homocryption.threshold.ActiveSet;
import ai.cifer.homocryption.threshold.CommitThenOpen;
import ai.cifer.homocryption.threshold.Committee;
import ai.cifer.homocryption.threshold.DealtSecretShare;
import ai.cifer.homocryption.threshold.DecryptionLog;
import ai.cifer.homocryption.threshold.OpenedShares;
import ai.cifer.homocryption.threshold.PartialDecryption;
import ai.cifer.homocryption.threshold.PartialDecryptor;
import ai.cifer.homocryption.threshold.PartySecretKey;
import ai.cifer.homocryption.threshold.PublicKeyGeneration;
import ai.cifer.homocryption.threshold.PublicKeyShare;
import ai.cifer.homocryption.threshold.ReleasedVector;
import ai.cifer.homocryption.threshold.ResultCombiner;
import ai.cifer.homocryption.threshold.SecretKeyShare;
import ai.cifer.homocryption.threshold.SecretSharing;
import ai.cifer.homocryption.threshold.Smudging;
import ai.cifer.homocryption.threshold.SmudgingPolicy;
import ai.cifer.homocryption.threshold.ThresholdException;
import ai.cifer.homocryption.threshold.ThresholdSession;
import ai.cifer.homocryption.threshold.TrackedErrorBound;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// A key that nobody has: three hospitals make it together, any two of them decrypt, one alone
/// cannot. They learn the average of their measurements and nothing else.
///
/// All three run in one process here, each with objects of its own; what crosses between them would
/// be sent in the byte forms that every message has.
public final class _8_ThresholdDecryption {

  private static final int PARTIES = 3;
  private static final SecureRandom RANDOM = new SecureRandom();

  private _8_ThresholdDecryption() {}

  public static void main(String[] args) throws IOException {
    run(Files.createTempDirectory("cifer-threshold"), IO::println);
  }

  /// @param folder gets the logs of the two hospitals that decrypt
  /// @return the released average of the first measurement
  static double run(Path folder, Consumer<String> out) throws IOException {
    // CS14, argued: every partial decryption gets a smudging error that hides what the ciphertext's
    // own error would tell of the secret. For up to 64 decryptions under this key and 40 bits of
    // statistical security it is sqrt(12·64)·2^20 = 2^24.8 times the ciphertext's error. Under a
    // scale of 2^45 that would leave about one correct bit; CS14 has a scale of 2^80, of two primes
    // of 40 bits a level.
    CkksParameters parameters = CkksParameters.of(Preset.CS14);
    SmudgingPolicy policy = new SmudgingPolicy(64, 40);

    // A session is one job. Its public seed is chosen by nobody alone; here one generator stands
    // for the hash of a contribution of each.
    byte[] publicSeed = new byte[32];
    RANDOM.nextBytes(publicSeed);
    ThresholdSession session =
        ThresholdSession.of(parameters, new Committee(PARTIES, 2), publicSeed, "average of march");
    out.accept(session.toString());

    // 1. Each draws a secret. Their sum is the secret key, and never exists in one place.
    List<PartySecretKey> secrets = new ArrayList<>();
    for (int party = 1; party <= PARTIES; party++) {
      secrets.add(PartySecretKey.generate(session, party, RANDOM));
    }

    // 2. The public key is the sum of their shares. Each commits to its share before it sees the
    // others'; otherwise the last one could choose its share so that it alone knows the key.
    PublicKeyGeneration generation = new PublicKeyGeneration(session);
    List<PublicKeyShare> shares =
        secrets.stream().map(secret -> generation.share(secret, RANDOM)).toList();
    CkksPublicKey publicKey = generation.aggregate(committedThenOpened(shares));
    out.accept("public key of all three: " + publicKey);

    // 3. Each deals shares of its secret to all (Shamir, two are enough) and forgets the secret.
    SecretSharing sharing = new SecretSharing(session);
    List<List<DealtSecretShare>> dealt =
        secrets.stream().map(secret -> sharing.deal(secret, RANDOM)).toList();
    List<SecretKeyShare> keyShares = new ArrayList<>();
    for (int party = 1; party <= PARTIES; party++) {
      int receiver = party - 1;
      List<DealtSecretShare> received = dealt.stream().map(all -> all.get(receiver)).toList();
      keyShares.add(sharing.aggregate(party, publicKey, received, RANDOM));
    }
    dealt.forEach(all -> all.forEach(DealtSecretShare::close));
    secrets.forEach(PartySecretKey::close);

    try {
      // 4. Everybody encrypts under the one public key, anybody adds.
      CkksEncoder encoder = new CkksEncoder(parameters);
      CkksEncryptor encryptor = new CkksEncryptor(publicKey, RANDOM);
      CkksEvaluator evaluator = new CkksEvaluator(parameters);
      CkksCiphertext sum =
          Stream.of(0.25, 0.5, 0.625)
              .map(measured -> encryptor.encrypt(encoder.encode(new double[] {measured})))
              .reduce(evaluator::add)
              .orElseThrow();
      CkksCiphertext average = evaluator.rescale(evaluator.multiply(sum, 1.0 / 3));

      // 5. How large can the result's error be? Each computes that from the circuit itself: fresh
      // ciphertexts of numbers up to 1, a sum of three, a product with 1/3, a rescaling.
      TrackedErrorBound circuit =
          TrackedErrorBound.fresh(session, 1).sumOf(3).times(1.0 / 3).rescale();
      Smudging smudging = Smudging.of(session, policy, circuit, 20);
      out.accept("circuit: " + circuit);
      out.accept("released numbers are multiples of 2^%d".formatted(log2(smudging.step())));

      return release(folder, out, publicKey, keyShares, average, smudging);
    } finally {
      keyShares.forEach(SecretKeyShare::close);
    }
  }

  private static double release(
      Path folder,
      Consumer<String> out,
      CkksPublicKey publicKey,
      List<SecretKeyShare> keyShares,
      CkksCiphertext average,
      Smudging smudging)
      throws IOException {
    ThresholdSession session = keyShares.getFirst().session();
    // 6. Hospitals 1 and 3 give their partial decryptions; 2 is away. Each notes in its log, on
    // disk, that it gave one for this ciphertext, before the share leaves.
    ActiveSet two = ActiveSet.of(session.committee(), 1, 3);
    List<PartialDecryption> given = new ArrayList<>();
    for (int party : two.parties()) {
      SecretKeyShare share = keyShares.get(party - 1);
      Path file = folder.resolve("hospital-%d.log".formatted(party));
      try (DecryptionLog log = DecryptionLog.create(file, share, smudging.policy())) {
        PartialDecryptor decryptor = new PartialDecryptor(share, log);
        given.add(decryptor.decrypt(average, two, smudging));
        // A second one would halve the smudging error by averaging; it is refused for ever.
        try {
          decryptor.decrypt(average, two, smudging);
        } catch (ThresholdException refused) {
          out.accept("hospital %d, asked again: %s".formatted(party, refused.getMessage()));
        }
      }
    }
    ReleasedVector released =
        new ResultCombiner(session, publicKey).combine(average, smudging, given);
    double value = released.values()[0];
    out.accept(
        String.format(
            Locale.ROOT,
            "the average of 0.25, 0.5 and 0.625: %.7f, wrong by at most %.1e",
            value,
            released.largestError()));
    return value;
  }

  /// The exchange of commitments, then of shares, as each hospital runs it with the others.
  private static OpenedShares<PublicKeyShare> committedThenOpened(List<PublicKeyShare> shares) {
    List<CommitThenOpen<PublicKeyShare>> parties =
        shares.stream().map(CommitThenOpen::new).toList();
    for (var sender : parties) {
      parties.forEach(receiver -> receiver.accept(sender.commitment()));
    }
    for (var sender : parties) {
      PublicKeyShare opened = sender.open();
      parties.forEach(receiver -> receiver.accept(opened));
    }
    return parties.getFirst().shares();
  }

  private static int log2(double powerOfTwo) {
    return Math.getExponent(powerOfTwo);
  }
}
