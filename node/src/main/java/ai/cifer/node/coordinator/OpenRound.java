package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.strategy.Strategy;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.node.NodeException;
import ai.cifer.node.identity.CertificateEnrolment;
import ai.cifer.node.store.Damaged;
import ai.cifer.node.store.Durable;
import ai.cifer.node.wire.Streams;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.coordinator.Candidates;
import ai.cifer.secagg.coordinator.CohortCertificate;
import ai.cifer.secagg.coordinator.ContributionRefused;
import ai.cifer.secagg.coordinator.OpenedSums;
import ai.cifer.secagg.coordinator.Reveals;
import ai.cifer.secagg.coordinator.SegmentFold;
import ai.cifer.secagg.message.CertifiedCohort;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.CohortSignature;
import ai.cifer.secagg.message.EncryptedSum;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.NotRevealed;
import ai.cifer.secagg.message.OpenedSum;
import ai.cifer.secagg.message.Retry;
import ai.cifer.secagg.message.Reveal;
import ai.cifer.secagg.message.RevealRequest;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.RoundResult;
import ai.cifer.secagg.message.SealedShare;
import ai.cifer.secagg.message.SegmentResult;
import ai.cifer.secagg.message.ShareStatus;
import ai.cifer.secagg.message.Shares;
import ai.cifer.secagg.round.VerifiedRound;
import ai.cifer.transport.BlockSink;
import ai.cifer.transport.LinkRefused;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// The cryptographic side of a round that is open, as the coordinator sees it: it collects blocks
/// that it cannot read, sealed shares that it cannot open, and signatures; it opens sums with what
/// helpers reveal.
///
/// Used by the coordinator's thread, except [#upload], whose sinks run on threads of their own, and
/// [#fold] and [#apply], which run on the worker and touch only what is complete by then.
final class OpenRound implements AutoCloseable {

  private final RoundSetting setting;
  private final VerifiedRound round;
  private final UploadFolder uploads;
  private final DeliveryFolder deliveries;
  private final RoundMean mean;
  private final SegmentAttempts segments;

  private OpenRound(RoundSetting setting, VerifiedRound round, RoundMean mean) {
    this.setting = setting;
    this.round = round;
    this.mean = mean;
    Path folder = setting.folder().segments(setting.round());
    uploads = new UploadFolder(folder, round);
    deliveries =
        new DeliveryFolder(folder, round.open().helpers().size(), round.plan().shareValues());
    segments = new SegmentAttempts(round, deliveries);
  }

  /// Makes room for what will come.
  ///
  /// @param open signed by this coordinator
  static OpenRound begin(RoundSetting setting, RoundOpen open) throws IOException {
    VerifiedRound round = VerifiedRound.verify(open, setting.enrolment());
    OpenRound begun = new OpenRound(setting, round, RoundMean.create(setting, round));
    Durable.forceFolder(setting.folder().work());
    return begun;
  }

  /// Takes up a round of which a process before this one collected something.
  ///
  /// @param isOpened whether the mean of a segment is on the disk
  static OpenRound resume(RoundSetting setting, RoundOpen open, boolean isOpened)
      throws IOException {
    VerifiedRound round = VerifiedRound.verify(open, setting.enrolment());
    OpenRound resumed =
        new OpenRound(
            setting,
            round,
            isOpened ? RoundMean.reopen(setting, round) : RoundMean.create(setting, round));
    resumed.uploads.recover();
    return resumed;
  }

  RoundOpen message() {
    return round.open();
  }

  /// Where an upload goes.
  BlockSink upload(Seat seat, Streams.SegmentRef ref, long length) throws IOException {
    if (ref.round() != setting.round() || !segments.hasBegun(ref.segment(), ref.attempt())) {
      throw LinkRefused.declined(
          "round %d segment %d attempt %d (expected: round %d, a segment of its model, an attempt that was begun)"
              .formatted(ref.round(), ref.segment(), ref.attempt(), setting.round()));
    }
    if (!segments.isRunning(ref.segment(), ref.attempt())) {
      throw LinkRefused.notNeeded(
          "segment %d attempt %d is over".formatted(ref.segment(), ref.attempt()));
    }
    return uploads.receive(seat, ref.segment(), ref.attempt(), length);
  }

  /// Takes in a sealed share; it counts when the manifest that names it comes.
  void share(String sender, SealedShare share) throws IOException {
    Seat.requireAuthor(sender, share.client());
    Optional<SegmentCollection> running = segments.find(share.segment(), share.attempt());
    if (running.isPresent()) {
      running.get().share(share);
    }
  }

  /// Takes in a manifest, and with it the segment.
  ///
  /// @return whether the segment counts: everything of it is here and fits
  boolean manifest(String sender, Manifest manifest) throws IOException {
    Seat.requireAuthor(sender, manifest.client());
    return segments
        .find(manifest.segment(), manifest.attempt())
        .filter(running ->
            running.manifest(
                manifest, uploads.root(sender, manifest.segment(), manifest.attempt())))
        .isPresent();
  }

  /// As [#manifest], of what a process before this one took in with all that belongs to it.
  ///
  /// @throws Damaged if that is not there any more as it was
  void manifestBefore(Manifest manifest) throws IOException {
    int segment = manifest.segment();
    try {
      Bytes root = uploads.root(manifest.client(), segment, manifest.attempt()).orElse(Bytes.EMPTY);
      segments.required(segment).manifestBefore(manifest, root);
    } catch (ContributionRefused | NoSuchFileException unfit) {
      throw new Damaged(
          setting.folder().segments(setting.round()),
          "segment %d of %s: %s".formatted(segment, manifest.client(), unfit.getMessage()),
          unfit);
    }
  }

  /// Takes nothing more of a segment in; its cohort is drawn from what is here.
  void close(int segment) {
    segments.required(segment).close();
  }

  /// An attempt failed: its blocks serve for nothing more, and statements about it are taken in.
  void attemptFailed(int segment) throws IOException {
    delete(segment, segments.failed(segment));
  }

  boolean statement(String sender, NotRevealed statement) throws IOException {
    Seat.requireAuthor(sender, statement.helper());
    return statement.ctx().equals(round.ctx()) && segments.add(statement);
  }

  /// Begins the next attempt at a segment.
  ///
  /// @param repeated whether it is over the cohort that was certified in the last one
  Retry retry(int segment, boolean repeated) {
    return segments.next(segment, repeated);
  }

  /// The cohort of a segment is certified: it is what an attempt that repeats this one must show.
  ///
  /// @return empty if that was noted before
  Optional<CertifiedCohort> certify(int segment) {
    return segments.certify(segment);
  }

  /// As [#certify], by a process before this one.
  void certifiedBefore(CertifiedCohort cohort) {
    segments.certified(cohort);
  }

  /// The attempts that somebody who was away may have missed.
  List<Retry> retries() {
    return segments.retries();
  }

  /// Of how many segments shares may be on their way to helpers.
  int segmentsAtOnce() {
    return round
        .plan()
        .segmentsAtOnce(round.open().clients().size(), round.open().helpers().size());
  }

  /// The helpers that revealed their part of a segment.
  List<String> revealed(int segment) {
    Reveals reveals = segments.required(segment).reveals();
    return reveals == null ? List.of() : reveals.helpers();
  }

  /// In how many parts the shares of a segment go to each helper.
  int shareParts(int segment, SortedSet<String> clients) {
    Candidates candidates = segments.required(segment).candidates();
    if (!candidates.clients().equals(List.copyOf(clients))) {
      throw new IllegalStateException("the machine and the candidates count differently");
    }
    return candidates.parts();
  }

  /// Makes one part of the shares of a segment for a helper; by any thread, when its turn comes.
  PartOfShares shares(int segment, String helper, int part) {
    Candidates candidates = segments.required(segment).candidates();
    return () -> candidates.sharesFor(helper, part);
  }

  /// Reads what a helper is sent; fails with `NoSuchFileException` if the segment is open
  /// meanwhile.
  interface PartOfShares {
    Shares read() throws IOException;
  }

  /// @return the clients whose share the helper could not open; empty if it speaks of another round
  Optional<SortedSet<String>> shareStatus(String sender, ShareStatus status) throws IOException {
    Seat.requireAuthor(sender, status.helper());
    Optional<SegmentCollection> running = segments.find(status.segment(), status.attempt());
    if (!status.ctx().equals(round.ctx()) || running.isEmpty()) {
      return Optional.empty();
    }
    if (!running.get().isClosed()) {
      throw new IOException(
          "share status of segment %d: nobody asked for it yet".formatted(status.segment()));
    }
    Candidates candidates = running.get().candidates();
    candidates.add(status);
    SortedSet<String> complaints = new TreeSet<>(candidates.clients());
    complaints.removeAll(status.accepted());
    return Optional.of(complaints);
  }

  Cohort propose(int segment, SortedSet<String> names) {
    SegmentCollection collection = segments.required(segment);
    Cohort cohort = collection.candidates().cohort(names);
    if (!cohort.clients().equals(List.copyOf(names))) {
      throw new IllegalStateException("the machine and the candidates count differently");
    }
    collection.propose(cohort);
    return cohort;
  }

  boolean signature(String sender, CohortSignature signature) throws IOException {
    Seat.requireAuthor(sender, signature.helper());
    CohortCertificate certificate =
        segments
            .find(signature.segment(), signature.attempt())
            .map(SegmentCollection::certificate)
            .orElse(null);
    if (certificate == null || !signature.ctx().equals(round.ctx())) {
      return false;
    }
    certificate.add(signature);
    return true;
  }

  RevealRequest revealRequest(int segment) {
    CohortCertificate certificate = segments.required(segment).certificate();
    if (certificate == null) {
      throw new IllegalStateException("a reveal is requested after the cohort is certified");
    }
    return certificate.request();
  }

  boolean reveal(String sender, Reveal reveal) throws IOException {
    Seat.requireAuthor(sender, reveal.helper());
    Reveals reveals =
        segments
            .find(reveal.segment(), reveal.attempt())
            .map(SegmentCollection::reveals)
            .orElse(null);
    if (reveals == null || !reveal.ctx().equals(round.ctx())) {
      return false;
    }
    reveals.add(reveal);
    return true;
  }

  /// Whether a key holder opens sums of ciphertexts.
  boolean opensCiphertexts() {
    return round.cipher().isPresent();
  }

  /// The part of the sum over the certified cohort that the key holder has to open next; on the
  /// worker.
  ///
  /// @return empty if it opened all
  Optional<EncryptedSum> nextSum(int segment) throws IOException {
    Optional<SegmentCollection> running = segments.running(segment);
    if (running.isEmpty()) { // it was given up meanwhile
      return Optional.empty();
    }
    SegmentCollection collection = running.get();
    OpenedSums opened = collection.openedSums();
    CohortCertificate certificate = collection.certificate();
    // Nothing is certified if the attempt failed meanwhile.
    if (opened == null || certificate == null || opened.isComplete()) {
      return Optional.empty();
    }
    try (StoredBlocks stored = new StoredBlocks(uploads, certificate.cohort())) {
      return Optional.of(
          new SegmentFold(round, certificate.cohort(), stored.all(), count -> {})
              .encryptedSum(opened.next()));
    } catch (NoSuchFileException gone) {
      if (collection.isClosed()) { // its attempt failed meanwhile
        return Optional.empty();
      }
      throw gone;
    }
  }

  /// What came of an answer of the key holder.
  enum Opened {
    NOTHING,
    PART,
    ALL
  }

  Opened openedSum(String sender, OpenedSum answer) throws IOException {
    Seat.requireAuthor(sender, answer.helper());
    OpenedSums opened =
        segments
            .find(answer.segment(), answer.attempt())
            .map(SegmentCollection::openedSums)
            .orElse(null);
    if (opened == null || !answer.ctx().equals(round.ctx())) {
      return Opened.NOTHING;
    }
    int before = opened.next();
    opened.add(answer);
    if (opened.next() == before) {
      return Opened.NOTHING;
    }
    return opened.isComplete() ? Opened.ALL : Opened.PART;
  }

  FoldInput foldInput(int segment, SortedSet<String> names) {
    SegmentCollection collection = segments.required(segment);
    Cohort cohort = collection.cohort(names);
    CohortCertificate certificate = collection.certificate();
    return new FoldInput(
        segment,
        cohort,
        collection.candidates(),
        certificate == null ? List.of() : certificate.signatures(),
        Optional.ofNullable(collection.reveals()).map(Reveals::copy),
        Optional.ofNullable(collection.openedSums()));
  }

  /// Folds and opens a segment, and has its mean on the disk. If it does not open, it may with more
  /// reveals.
  SegmentOutcome fold(FoldInput input, Trainer.Progress progress, RoundReports reports)
      throws IOException {
    try (StoredBlocks stored = new StoredBlocks(uploads, input.cohort())) {
      return mean.fold(input, stored, progress, reports);
    }
  }

  /// Keeps of a segment that is open only what the result and the next model need.
  void opened(FoldInput input, SegmentOutcome outcome) {
    opened(input.segment(), outcome, Optional.of(input));
  }

  private void opened(int segment, SegmentOutcome outcome, Optional<FoldInput> input) {
    mean.opened(outcome, keepsBlocks() ? input : Optional.empty());
    segments.over(segment, outcome.result());
  }

  /// As [#opened], of a segment that a process before this one opened.
  ///
  /// @throws Damaged if its mean is not what was written
  void openedBefore(int segment, SegmentOutcome outcome, Optional<FoldInput> input)
      throws IOException {
    mean.requireDigest(segment, outcome.mean());
    opened(segment, outcome, input);
  }

  /// The round goes on without a segment: its blocks and shares serve for nothing more.
  void abandoned(int segment) throws IOException {
    SegmentCollection collection = segments.required(segment);
    collection.close();
    delete(segment, collection.attempt());
    mean.abandoned(segment);
    segments.over(segment, SegmentResult.NONE);
  }

  /// Whether single updates are needed in the end.
  boolean keepsBlocks() {
    return setting.strategy() instanceof Strategy.Robust;
  }

  /// Deletes blocks and shares of a segment that is open: they can serve for nothing more.
  void discard(int segment, int attempt) throws IOException {
    if (!keepsBlocks()) {
      delete(segment, attempt);
    }
  }

  private void delete(int segment, int attempt) throws IOException {
    uploads.delete(round.open().clients(), segment, attempt);
    deliveries.delete(round.open().clients(), segment, attempt);
  }

  /// Has the strategy make the next model, and measures it.
  void apply(Trainer.Progress progress, RoundReports reports)
      throws IOException, TrainingException, NodeException {
    mean.apply(uploads, progress, reports);
  }

  /// The clips of the next round, once the model is applied.
  List<Float> nextClips() {
    return mean.nextClips();
  }

  /// SHA-256 of the new model, hexadecimal.
  String modelDigest() {
    return HexFormat.of().formatHex(mean.modelHash().toByteArray());
  }

  /// The signed statement of how the round ended.
  RoundResult result() {
    return new RoundResult(
            round.ctx(),
            segments.results(),
            mean.digest(),
            mean.modelHash(),
            setting.identity().name(),
            Bytes.EMPTY)
        .signed(CertificateEnrolment.signer(setting.identity()));
  }

  /// To be called when the worker is idle: it may not write to the mean any more.
  @Override
  public void close() {
    uploads.close();
    mean.close();
  }
}
