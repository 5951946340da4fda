package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.strategy.Strategy;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Tensors;
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
import ai.cifer.secagg.message.EncryptedSum;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.Member;
import ai.cifer.secagg.message.OpenedSum;
import ai.cifer.secagg.message.Reveal;
import ai.cifer.secagg.message.RevealRequest;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.RoundResult;
import ai.cifer.secagg.message.SealedShare;
import ai.cifer.secagg.message.SegmentResult;
import ai.cifer.secagg.message.ShareStatus;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.round.VerifiedRound;
import ai.cifer.transport.BlockSink;
import ai.cifer.transport.LinkRefused;
import java.io.IOException;
import java.nio.file.Files;
import java.security.cert.CertificateEncodingException;
import java.util.ArrayList;
import java.util.HashMap;
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
  private final Tensors mean;
  private final Map<Integer, SegmentCollection> segments = new HashMap<>();
  private final AtomicLong examples = new AtomicLong(Long.MAX_VALUE);
  private final AtomicInteger clients = new AtomicInteger(Integer.MAX_VALUE);

  /// What a strategy that needs single updates gets in the end, by segment; used on the worker.
  private final SortedMap<Integer, FoldInput> folded = new TreeMap<>();

  private volatile @Nullable Bytes modelHash;
  private volatile List<Float> nextClips = List.of();

  private OpenRound(RoundSetting setting, VerifiedRound round, UploadFolder uploads, Tensors mean) {
    this.setting = setting;
    this.round = round;
    this.uploads = uploads;
    this.mean = mean;
    for (int segment = 0; segment < round.segments().size(); segment++) {
      segments.put(segment, new SegmentCollection(round, segment));
    }
  }

  /// Signs the message that opens the round and makes room for what will come.
  ///
  /// @param seats everybody in the round; who left meanwhile is given up like anybody silent
  static OpenRound begin(
      RoundSetting setting,
      SortedMap<String, Seat> seats,
      SortedSet<String> helpers,
      int threshold,
      Map<String, HelperHello> hellos)
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
            (int) Math.min(mostExamples, setting.config().weightCap()),
            setting.config().segmentParameters());
    RoundOpen open =
        new RoundOpen(
                setting.federation(),
                setting.folder().run(),
                setting.round(),
                plan,
                layout,
                Bytes.of(setting.model().tensors().digest()),
                setting.model().architecture(),
                setting.config().train(setting.strategy().trainConfig(setting.round())),
                setting.previous(),
                threshold,
                setting.config().minClients(),
                member(setting.identity().participant()),
                members,
                helpers.stream().map(hellos::get).toList(),
                Bytes.EMPTY)
            .signed(CertificateEnrolment.signer(setting.identity()));
    VerifiedRound round = VerifiedRound.verify(open, setting.enrolment());
    Files.createDirectories(setting.folder().segments(setting.round()));
    return new OpenRound(
        setting,
        round,
        new UploadFolder(setting.folder().segments(setting.round()), round),
        Tensors.create(setting.folder().mean(setting.round()), layout));
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
    if (ref.round() != setting.round() || ref.attempt() != 0) {
      throw LinkRefused.declined(
          "segment of round %d (expected: round %d)".formatted(ref.round(), setting.round()));
    }
    return uploads.receive(seat, ref.segment(), length);
  }

  /// Takes in a sealed share; it counts when the manifest that names it comes.
  void share(Seat seat, SealedShare share) throws IOException {
    if (!share.client().equals(seat.name())) {
      throw new IOException(
          "share of %s from %s (expected: its own)".formatted(share.client(), seat.name()));
    }
    collection(share.segment()).share(share, round.open().helpers().size());
  }

  /// Takes in a manifest, and with it the segment.
  ///
  /// @return whether the segment counts: everything of it is here and fits
  boolean manifest(Seat seat, Manifest manifest) throws IOException {
    if (!manifest.client().equals(seat.name())) {
      throw new IOException(
          "manifest of %s from %s (expected: its own)".formatted(manifest.client(), seat.name()));
    }
    return collection(manifest.segment())
        .manifest(manifest, uploads.root(seat.name(), manifest.segment()));
  }

  private SegmentCollection collection(int segment) throws IOException {
    SegmentCollection collection = segments.get(segment);
    if (collection == null) {
      throw new IOException(
          "segment: %d (expected: 0 to %d)".formatted(segment, segments.size() - 1));
    }
    return collection;
  }

  /// Takes nothing more of a segment in; its cohort is drawn from what is here.
  void close(int segment) {
    required(segment).close();
  }

  /// Of how many segments shares may be on their way to helpers.
  int segmentsAtOnce() {
    return round
        .plan()
        .segmentsAtOnce(round.open().clients().size(), round.open().helpers().size());
  }

  /// The helpers that revealed their part of a segment.
  List<String> revealed(int segment) {
    Reveals reveals = required(segment).reveals();
    return reveals == null ? List.of() : reveals.helpers();
  }

  List<byte[]> shares(int segment, SortedSet<String> clients, String helper) {
    Candidates candidates = required(segment).candidates();
    if (!candidates.clients().equals(List.copyOf(clients))) {
      throw new IllegalStateException("the machine and the candidates count differently");
    }
    return candidates.sharesFor(helper).stream().map(shares -> shares.encode()).toList();
  }

  /// @return the clients whose share the helper could not open; empty if it speaks of another round
  Optional<SortedSet<String>> shareStatus(Seat seat, ShareStatus status) throws IOException {
    requireAuthor(seat, status.helper());
    if (!status.ctx().equals(round.ctx())) {
      return Optional.empty();
    }
    SegmentCollection collection = collection(status.segment());
    if (!collection.isClosed()) {
      throw new IOException(
          "share status of segment %d: nobody asked for it yet".formatted(status.segment()));
    }
    Candidates candidates = collection.candidates();
    candidates.add(status);
    SortedSet<String> complaints = new TreeSet<>(candidates.clients());
    complaints.removeAll(status.accepted());
    return Optional.of(complaints);
  }

  Cohort propose(int segment, SortedSet<String> names) {
    SegmentCollection collection = required(segment);
    Cohort cohort = collection.candidates().cohort();
    if (!cohort.clients().equals(List.copyOf(names))) {
      throw new IllegalStateException("the machine and the candidates draw different cohorts");
    }
    collection.propose(cohort);
    return cohort;
  }

  boolean signature(Seat seat, CohortSignature signature) throws IOException {
    requireAuthor(seat, signature.helper());
    CohortCertificate certificate = collection(signature.segment()).certificate();
    if (certificate == null || !signature.ctx().equals(round.ctx())) {
      return false;
    }
    certificate.add(signature);
    return true;
  }

  RevealRequest revealRequest(int segment) {
    CohortCertificate certificate = required(segment).certificate();
    if (certificate == null) {
      throw new IllegalStateException("a reveal is requested after the cohort is certified");
    }
    return certificate.request();
  }

  boolean reveal(Seat seat, Reveal reveal) throws IOException {
    requireAuthor(seat, reveal.helper());
    Reveals reveals = collection(reveal.segment()).reveals();
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
    SegmentCollection collection = required(segment);
    OpenedSums opened = collection.openedSums();
    CohortCertificate certificate = collection.certificate();
    if (opened == null || certificate == null) {
      throw new IllegalStateException("a sum is opened after its cohort is certified");
    }
    if (opened.isComplete()) {
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
    requireAuthor(seat, answer.helper());
    OpenedSums opened = collection(answer.segment()).openedSums();
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

  private static void requireAuthor(Seat seat, String author) throws IOException {
    if (!author.equals(seat.name())) {
      throw new IOException(
          "message of %s from %s (expected: its own)".formatted(author, seat.name()));
    }
  }

  private SegmentCollection required(int segment) {
    SegmentCollection collection = segments.get(segment);
    if (collection == null) {
      throw new IllegalStateException("the machine knows the segments: " + segment);
    }
    return collection;
  }

  /// What folding a segment needs, drawn on the coordinator's thread.
  ///
  /// @param reveals empty in mode `none`, and where a key holder opens sums of ciphertexts
  record FoldInput(
      int segment,
      Cohort cohort,
      SortedMap<String, Manifest> manifests,
      List<CohortSignature> certificate,
      Optional<Reveals> reveals,
      Optional<OpenedSums> openedSums) {}

  FoldInput foldInput(int segment, SortedSet<String> names) {
    SegmentCollection collection = required(segment);
    Cohort cohort = collection.cohort(names);
    CohortCertificate certificate = collection.certificate();
    return new FoldInput(
        segment,
        cohort,
        collection.candidates().manifests(cohort),
        certificate == null ? List.of() : certificate.signatures(),
        Optional.ofNullable(collection.reveals()).map(Reveals::copy),
        Optional.ofNullable(collection.openedSums()));
  }

  /// Helpers whose part of the sum contradicted that of the others, once the segment is open.
  List<String> blamed(int segment) {
    return required(segment).blamed();
  }

  /// Folds and opens a segment; its blocks are deleted when it is open, they can serve for nothing
  /// more. If it does not open, it may with more reveals.
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
                  : fold.sum(input.manifests(), mean);
      reports.folded(sum.foldSeconds(), sum.openSeconds());
      opened = sum.examples();
      examples.accumulateAndGet(opened, Math::min);
      clients.accumulateAndGet(sum.clients(), Math::min);
      required(segment)
          .opened(
              new SegmentResult(input.cohort(), input.certificate(), secrets).hash(),
              revealed.blamed());
    }
    if (setting.strategy() instanceof Strategy.Robust) {
      folded.put(segment, input);
    } else {
      uploads.delete(round.open().clients(), segment);
    }
    return opened;
  }

  /// Has the strategy make the next model, and measures it.
  void apply(Trainer.Progress progress, RoundReports reports)
      throws IOException, TrainingException, NodeException {
    NextModel next = new NextModel(setting, round);
    modelHash =
        Bytes.of(
            switch (setting.strategy()) {
              case Strategy.Linear linear ->
                  next.ofSum(
                      linear,
                      new WeightedSum(mean, clients.get(), examples.get()),
                      progress,
                      reports);
              case Strategy.Robust robust ->
                  next.ofSingleUpdates(
                      robust, uploads, List.copyOf(folded.values()), progress, reports);
            });
    nextClips = setting.config().clip().next(setting.clips(), mean);
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
    SortedMap<Integer, Bytes> hashes = new TreeMap<>();
    segments.forEach((index, collection) -> hashes.put(index, collection.result()));
    return new RoundResult(
            round.ctx(),
            List.copyOf(hashes.values()),
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
