package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.strategy.Strategy;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.ClientFigures;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.WeightedSum;
import ai.cifer.node.NodeException;
import ai.cifer.node.identity.CertificateEnrolment;
import ai.cifer.node.identity.Participant;
import ai.cifer.node.wire.Streams;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.coordinator.Candidates;
import ai.cifer.secagg.coordinator.CohortCertificate;
import ai.cifer.secagg.coordinator.OpenedSums;
import ai.cifer.secagg.coordinator.Reveals;
import ai.cifer.secagg.coordinator.SegmentFold;
import ai.cifer.secagg.coordinator.SegmentSum;
import ai.cifer.secagg.message.Coefficients;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.CohortSignature;
import ai.cifer.secagg.message.Draw;
import ai.cifer.secagg.message.EncryptedSum;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.Member;
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
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.round.StartingPoint;
import ai.cifer.secagg.round.VerifiedRound;
import ai.cifer.transport.BlockSink;
import ai.cifer.transport.LinkRefused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

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
  private final Tensors mean;
  private final SegmentAttempts segments;
  private final AtomicLong examples = new AtomicLong(Long.MAX_VALUE);
  private final AtomicInteger clients = new AtomicInteger(Integer.MAX_VALUE);

  /// What a strategy that needs single updates gets in the end, by segment; used on the worker.
  private final SortedMap<Integer, FoldInput> folded = new TreeMap<>();

  private volatile @Nullable Bytes modelHash;
  private volatile List<Float> nextClips = List.of();

  private OpenRound(RoundSetting setting, VerifiedRound round, Path folder, Tensors mean) {
    this.setting = setting;
    this.round = round;
    this.uploads = new UploadFolder(folder, round);
    this.deliveries =
        new DeliveryFolder(folder, round.open().helpers().size(), round.plan().shareValues());
    this.mean = mean;
    segments = new SegmentAttempts(round, deliveries);
  }

  /// Signs the message that opens the round and makes room for what will come.
  ///
  /// @param draw how the helpers were drawn, if not all clients help
  /// @param seats everybody in the round; who left meanwhile is given up like anybody silent
  static OpenRound begin(
      RoundSetting setting,
      SortedMap<String, Seat> seats,
      SortedSet<String> helpers,
      int threshold,
      Map<String, HelperHello> hellos,
      Optional<Draw> draw)
      throws IOException {
    ModelLayout layout = setting.model().tensors().layout();
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
            setting.config().segmentParameters());
    RoundOpen open =
        new RoundOpen(
                setting.federation(),
                setting.folder().run(),
                setting.round(),
                plan,
                layout,
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
    VerifiedRound round = VerifiedRound.verify(open, setting.enrolment());
    Path folder = Files.createDirectories(setting.folder().segments(setting.round()));
    return new OpenRound(
        setting,
        round,
        folder,
        Tensors.create(setting.folder().mean(setting.round()), open.upload()));
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

  RoundOpen message() {
    return round.open();
  }

  /// Where an upload goes.
  BlockSink upload(Seat seat, Streams.SegmentRef ref, long length) throws IOException {
    if (ref.round() != setting.round() || !segments.isRunning(ref.segment(), ref.attempt())) {
      throw LinkRefused.declined(
          "round %d segment %d attempt %d (expected: round %d, a segment of its model, the attempt that runs)"
              .formatted(ref.round(), ref.segment(), ref.attempt(), setting.round()));
    }
    return uploads.receive(seat, ref.segment(), ref.attempt(), length);
  }

  /// Takes in a sealed share; it counts when the manifest that names it comes.
  void share(Seat seat, SealedShare share) throws IOException {
    seat.requireAuthor(share.client());
    Optional<SegmentCollection> running = segments.find(share.segment(), share.attempt());
    if (running.isPresent()) {
      running.get().share(share);
    }
  }

  /// Takes in a manifest, and with it the segment.
  ///
  /// @return whether the segment counts: everything of it is here and fits
  boolean manifest(Seat seat, Manifest manifest) throws IOException {
    seat.requireAuthor(manifest.client());
    return segments
        .find(manifest.segment(), manifest.attempt())
        .filter(running ->
            running.manifest(
                manifest, uploads.root(seat.name(), manifest.segment(), manifest.attempt())))
        .isPresent();
  }

  /// Takes nothing more of a segment in; its cohort is drawn from what is here.
  void close(int segment) {
    segments.required(segment).close();
  }

  /// An attempt failed: its blocks serve for nothing more, and statements about it are taken in.
  void attemptFailed(int segment) throws IOException {
    int attempt = segments.required(segment).attempt();
    segments.failed(segment);
    delete(segment, attempt);
  }

  boolean statement(Seat seat, NotRevealed statement) throws IOException {
    seat.requireAuthor(statement.helper());
    return statement.ctx().equals(round.ctx()) && segments.add(statement);
  }

  /// Begins the next attempt at a segment.
  Retry retry(int segment) {
    return segments.next(segment);
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
  Optional<SortedSet<String>> shareStatus(Seat seat, ShareStatus status) throws IOException {
    seat.requireAuthor(status.helper());
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

  boolean signature(Seat seat, CohortSignature signature) throws IOException {
    seat.requireAuthor(signature.helper());
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

  boolean reveal(Seat seat, Reveal reveal) throws IOException {
    seat.requireAuthor(reveal.helper());
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
    SegmentCollection collection = segments.required(segment);
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
    }
  }

  /// What came of an answer of the key holder.
  enum Opened {
    NOTHING,
    PART,
    ALL
  }

  Opened openedSum(Seat seat, OpenedSum answer) throws IOException {
    seat.requireAuthor(answer.helper());
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

  /// Helpers whose part of the sum contradicted that of the others, once the segment is open.
  List<String> blamed(int segment) {
    return segments.required(segment).blamed();
  }

  /// Folds and opens a segment; its blocks and shares are deleted when it is open, they can serve
  /// for nothing more. If it does not open, it may with more reveals.
  ///
  /// @return how many examples its mean is over
  long fold(FoldInput input, Trainer.Progress progress, RoundReports reports) throws IOException {
    int segment = input.segment();
    long opened;
    try (StoredBlocks stored = new StoredBlocks(uploads, input.cohort())) {
      long size = round.segments().get(segment).size();
      AtomicLong done = new AtomicLong();
      SegmentFold fold =
          new SegmentFold(
              round,
              input.cohort(),
              stored.all(),
              count -> progress.at(done.addAndGet(count), size));
      Reveals.Opened revealed =
          input.reveals().isPresent()
              ? input.reveals().get().sumOfSecrets()
              : new Reveals.Opened(Coefficients.of(new int[0]), List.of());
      Coefficients secrets = revealed.sum();
      SegmentSum sum =
          input.reveals().isPresent()
              ? fold.open(secrets, mean)
              : input.openedSums().isPresent()
                  ? fold.decode(input.openedSums().get(), mean)
                  : fold.sum(input.candidates().manifests(input.cohort()), mean);
      reports.folded(sum.foldSeconds(), sum.openSeconds());
      opened = sum.examples();
      examples.accumulateAndGet(opened, Math::min);
      clients.accumulateAndGet(sum.clients(), Math::min);
      segments
          .required(segment)
          .opened(
              new SegmentResult(input.cohort(), input.certificate(), secrets).hash(),
              revealed.blamed());
    }
    if (setting.strategy() instanceof Strategy.Robust) {
      folded.put(segment, input);
    } else {
      delete(segment, input.cohort().attempt());
    }
    return opened;
  }

  /// Keeps of a segment that is open only what the result says of it.
  void release(int segment) {
    segments.release(segment);
  }

  private void delete(int segment, int attempt) throws IOException {
    uploads.delete(round.open().clients(), segment, attempt);
    deliveries.delete(round.open().clients(), segment, attempt);
  }

  /// Has the strategy make the next model, and measures it.
  void apply(Trainer.Progress progress, RoundReports reports)
      throws IOException, TrainingException, NodeException {
    NextModel next = new NextModel(setting, round);
    modelHash =
        switch (setting.strategy()) {
          case Strategy.Linear linear ->
              next.ofSum(
                  linear, new WeightedSum(mean, clients.get(), examples.get()), progress, reports);
          case Strategy.Robust robust ->
              next.ofSingleUpdates(
                  robust, uploads, List.copyOf(folded.values()), progress, reports);
        };
    nextClips = RoundClips.next(setting, mean);
    if (setting.train().evaluated()) {
      reports.onClients(ClientFigures.read(mean));
    }
  }

  private Bytes requireModelHash() {
    Bytes hash = modelHash;
    if (hash == null) {
      throw new IllegalStateException("the model is applied before the round completes");
    }
    return hash;
  }

  /// The clips of the next round, once the model is applied.
  List<Float> nextClips() {
    return nextClips;
  }

  /// SHA-256 of the new model, hexadecimal.
  String modelDigest() {
    return HexFormat.of().formatHex(requireModelHash().toByteArray());
  }

  /// The signed statement of how the round ended.
  RoundResult result() {
    return new RoundResult(
            round.ctx(),
            segments.results(),
            Bytes.of(mean.digest()),
            requireModelHash(),
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
