package ai.cifer.homocryption.threshold;

import static ai.cifer.homocryption.threshold.TestCommittee.RANDOM;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksEvaluator;
import ai.cifer.homocryption.ckks.InsecureParameters;
import ai.cifer.homocryption.codec.SecretKeyAccess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// One value of each byte form, made once.
final class ThresholdForms {
  static final SecretKeyAccess ACCESS = SecretKeyAccess.insecureBytes();
  static final TestCommittee COMMITTEE = TestCommittee.of(InsecureParameters.shallow(), 3, 2);
  static final ThresholdSession SESSION = COMMITTEE.session;
  static final PublicKeyShare PUBLIC_KEY;
  static final RelinearizationKeyShare ROUND_ONE;
  static final RelinearizationKeyShare ROUND_TWO;
  static final GaloisKeyShare GALOIS;
  static final DealtSecretShare DEALT;
  static final SecretKeyShare KEY_SHARE = COMMITTEE.shares.get(1);
  static final PartialDecryption PARTIAL;
  static final RefreshShare REFRESH;

  static {
    List<PartySecretKey> secrets =
        List.of(
            PartySecretKey.generate(SESSION, 1, RANDOM),
            PartySecretKey.generate(SESSION, 2, RANDOM),
            PartySecretKey.generate(SESSION, 3, RANDOM));
    PartySecretKey secret = secrets.get(1);
    PUBLIC_KEY = new PublicKeyGeneration(SESSION).share(secret, RANDOM);
    var relinearization = new RelinearizationKeyGeneration(SESSION);
    var one =
        TestCommittee.exchange(
            secrets.stream().map(s -> relinearization.roundOne(s, RANDOM)).toList());
    ROUND_ONE = one.shares().get(1);
    ROUND_TWO = relinearization.roundTwo(secret, one, RANDOM);
    GALOIS = new GaloisKeyGeneration(SESSION).shares(secret, RANDOM, 1).getFirst();
    DEALT = new SecretSharing(SESSION).deal(secret, RANDOM).get(2);
    try {
      Path folder = Files.createTempDirectory("forms");
      var policy = new SmudgingPolicy(1, 30);
      var set = ActiveSet.of(SESSION.committee(), 2, 3);
      CkksCiphertext low =
          new CkksEvaluator(SESSION.parameters()).levelDrop(COMMITTEE.encrypt(new double[] {1}), 0);
      var bound = TrackedErrorBound.fresh(SESSION, 1);
      Path file = folder.resolve("log");
      try (DecryptionLog log = DecryptionLog.create(file, KEY_SHARE, policy)) {
        PARTIAL =
            new PartialDecryptor(KEY_SHARE, log)
                .decrypt(low, set, Smudging.of(SESSION, policy, bound.levelDrop(0), -40));
        REFRESH =
            new CollectiveRefresh(SESSION, COMMITTEE.publicKey, 40)
                .share(KEY_SHARE, log, COMMITTEE.encrypt(new double[] {1}), set, bound);
      } finally {
        Files.delete(file);
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ThresholdForms() {}

  @FunctionalInterface
  interface Writer {
    void write(OutputStream out) throws IOException;
  }

  static byte[] bytes(Writer writer) {
    var out = new ByteArrayOutputStream();
    try {
      writer.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /// The same party's share of the public key in another session.
  static byte[] foreignSession() {
    ThresholdSession other = TestCommittee.session(SESSION.parameters(), 3, 2);
    return bytes(
        new PublicKeyGeneration(other).share(PartySecretKey.generate(other, 2, RANDOM), RANDOM)
            ::write);
  }
}
