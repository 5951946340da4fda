package ai.cifer.secagg.client;

import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.homocryption.aggregation.AggregationSecret;
import ai.cifer.homocryption.aggregation.BlockMasker;
import ai.cifer.homocryption.aggregation.Quantiser;
import ai.cifer.secagg.cipher.PadSeeds;
import ai.cifer.secagg.cipher.SumCipher;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.identity.Signer;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.Retry;
import ai.cifer.secagg.message.SealedShare;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.round.HelperTrust;
import ai.cifer.secagg.round.RoundRefused;
import ai.cifer.secagg.round.VerifiedRound;
import ai.cifer.secagg.share.Shamir;
import ai.cifer.secagg.share.ShareSealer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A client's one update of one round, checked and recorded as leaving; made by
/// [ClientRole#contribute].
///
/// Each segment and attempt has a fresh secret (rule R1). Not safe for several threads.
public final class Contribution implements AutoCloseable {
  private static final int VERSION = 1;

  private final VerifiedRound round;
  private final HelperTrust trust;
  private final ClientUpdate update;
  private final Signer signer;
  private final long seed;
  private final Path spool;
  private final SecureRandom random;
  private final List<ShareSealer> sealers = new ArrayList<>();

  /// The latest attempt at each segment that was begun.
  private final Map<Integer, Integer> attempts = new HashMap<>();

  Contribution(
      VerifiedRound round,
      ClientUpdate update,
      Signer signer,
      long seed,
      Path spool,
      SecureRandom random,
      HelperTrust trust) {
    this.round = round;
    this.trust = trust;
    this.update = update;
    this.signer = signer;
    this.seed = seed;
    this.spool = spool;
    this.random = random;
    for (HelperHello helper : round.open().helpers()) {
      sealers.add(new ShareSealer(round.ctx(), signer.name(), helper, random));
    }
  }

  /// Protects a segment with a fresh secret, for the first attempt.
  ///
  /// @return to be closed by the caller after the manifest was sent
  /// @throws IllegalArgumentException if there is no such segment
  /// @throws IllegalStateException if the segment was protected before
  /// @throws IOException if the spool cannot be created
  public UpdateProtector protect(int segment) throws IOException {
    if (segment < 0 || segment >= round.segments().size()) {
      throw new IllegalArgumentException(
          "segment: %d (expected: 0 to %d)".formatted(segment, round.segments().size() - 1));
    }
    if (attempts.putIfAbsent(segment, 0) != null) {
      throw new IllegalStateException(
          "segment %d attempt 0: protected before (expected: once)".formatted(segment));
    }
    return protect(segment, 0);
  }

  /// Protects a segment with another fresh secret, for a further attempt; the integers under it are
  /// the same.
  ///
  /// @return to be closed by the caller after the manifest was sent
  /// @throws RoundRefused if a statement is missing that nothing of an attempt before was revealed
  ///   (rule R2), unless its certified cohort is there, with this client in it; or if the attempt
  ///   is not newer than the last one; nothing is protected then
  /// @throws IOException if the spool cannot be created
  public UpdateProtector retry(Retry retry) throws IOException {
    int latest = attempts.getOrDefault(retry.segment(), -1);
    Optional<List<String>> only = round.requireRetry(retry, latest, trust);
    if (only.isPresent() && !only.get().contains(signer.name())) {
      throw new RoundRefused(
          RoundRefused.Reason.RETRY,
          "segment %d attempt %d: of a cohort without %s (expected: nothing of it)"
              .formatted(retry.segment(), retry.attempt(), signer.name()));
    }
    attempts.put(retry.segment(), retry.attempt());
    return protect(retry.segment(), retry.attempt());
  }

  /// Whether this attempt at a segment, or a later one, was begun.
  public boolean hasBegun(int segment, int attempt) {
    return attempts.getOrDefault(segment, -1) >= attempt;
  }

  private UpdateProtector protect(int segment, int attempt) throws IOException {
    Path file = Files.createTempFile(spool, "segment-", ".blocks");
    FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    try {
      return protect(round.segments().get(segment), attempt, channel);
    } catch (RuntimeException failure) {
      channel.close();
      throw failure;
    }
  }

  private UpdateProtector protect(Segment segment, int attempt, FileChannel channel) {
    AggregationPlan plan = round.plan();
    SegmentValues values = new SegmentValues(plan, segment, update.delta());
    int weight = plan.weight(update.examples());
    List<SealedShare> shares = List.of();
    BlockEncoder encoder;
    if (round.cipher().isPresent()) {
      byte[] seed = new byte[SumCipher.SEED_BYTES];
      random.nextBytes(seed);
      int[] words = PadSeeds.words(seed);
      shares = List.of(sealers.getFirst().seal(segment.index(), attempt, words));
      Arrays.fill(words, 0);
      Quantiser quantiser = quantiser(segment.index(), weight);
      encoder = new CipherBlocks(values, quantiser, round.cipher().get(), seed);
    } else if (plan.mode().isProtected()) {
      AggregationSecret secret = AggregationSecret.generate(plan.parameters(), random);
      shares = share(secret, segment.index(), attempt);
      byte[] publicSeed = round.context().publicSeed(segment.index(), attempt);
      BlockMasker masker = new BlockMasker(plan.parameters(), publicSeed, secret);
      encoder = new MaskedBlocks(values, quantiser(segment.index(), weight), masker, secret);
    } else if (plan.quantise()) {
      encoder = new IntegerBlocks(values, quantiser(segment.index(), weight));
    } else {
      encoder = new FloatBlocks(values);
    }
    return new UpdateProtector(round, segment, attempt, weight, encoder, shares, signer, channel);
  }

  /// The client's name is in the seed because clients with equal configured seeds must not round
  /// alike: errors would add up instead of cancelling out.
  private Quantiser quantiser(int segment, int weight) {
    AggregationPlan plan = round.plan();
    byte[] roundingSeed =
        Bytes.sha256(
                FieldWriter.of("cifer.rounding", VERSION)
                    .i64(seed)
                    .text(signer.name())
                    .u31(round.open().round())
                    .u31(segment)
                    .toByteArray())
            .toByteArray();
    return new Quantiser(plan.parameters(), roundingSeed, weight, plan.weightCap());
  }

  private List<SealedShare> share(AggregationSecret secret, int segment, int attempt) {
    AggregationParameters parameters = round.plan().parameters();
    int[] coefficients = new int[parameters.degree()];
    secret.copyCoefficients(coefficients);
    int[][] shares = Shamir.split(coefficients, round.open().threshold(), sealers.size(), random);
    Arrays.fill(coefficients, 0);
    List<SealedShare> sealed = new ArrayList<>();
    for (int j = 0; j < shares.length; j++) {
      sealed.add(sealers.get(j).seal(segment, attempt, shares[j]));
      Arrays.fill(shares[j], 0);
    }
    return sealed;
  }

  /// Zeroes what seals the shares; the update remains its owner's.
  @Override
  public void close() {
    sealers.forEach(ShareSealer::close);
  }
}
