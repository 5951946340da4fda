package ai.cifer.node.participant;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunListener;
import ai.cifer.fedlearn.local.LocalTraining;
import ai.cifer.fedlearn.privacy.NoiseSource;
import ai.cifer.fedlearn.privacy.PrivateUpdate;
import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.fedlearn.tensor.KeptPlaces;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.ClientRule;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.Statistics;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.node.identity.Role;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.node.wire.Streams;
import ai.cifer.secagg.client.ClientRole;
import ai.cifer.secagg.client.NonFiniteUpdate;
import ai.cifer.secagg.client.UpdateProtector;
import ai.cifer.secagg.message.Outline;
import ai.cifer.secagg.message.Retry;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.RoundResult;
import ai.cifer.secagg.message.SealedShare;
import ai.cifer.secagg.round.RoundRefused;
import ai.cifer.secagg.round.VerifiedRound;
import ai.cifer.secagg.share.ShareRefused;
import ai.cifer.transport.Envelope;
import ai.cifer.transport.Link;
import ai.cifer.transport.LinkRefused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// A client over one link: takes part in the rounds that its policy accepts, until the run or the
/// link ends.
final class ClientSession {

  private static final System.Logger LOG = System.getLogger(ClientSession.class.getName());

  /// Progress is told at most so often: it is a sign of life and a picture, not a log.
  private static final long PROGRESS_NANOS = 200_000_000;

  private final Link link;
  private final Inbox inbox;
  private final Trainer trainer;
  private final long examples;
  private final long minExamples;
  private final ClientRole role;
  private final String name;
  private final long seed;
  private final Path state;
  private final int helping;
  private final HeldUpdate held;
  private final StateMemory memory;
  private final LocalTraining training;
  private final RunListener listener;

  private @Nullable VerifiedRound round;

  /// @param examples how many the trainer has before the coordinator decides anything about them
  /// @param minExamples how many of them must train
  /// @param helping the round of which this process still holds the key of a helper; 0 for none
  /// @param held the update of the round that is open; kept by whoever made this session, since it
  ///   outlives a lost link
  /// @param memory what the strategy has this client remember; kept like that
  ClientSession(
      Link link,
      Inbox inbox,
      Trainer trainer,
      long examples,
      long minExamples,
      ClientRole role,
      String name,
      long seed,
      Path state,
      int helping,
      HeldUpdate held,
      StateMemory memory,
      RunListener listener) {
    this.link = link;
    this.inbox = inbox;
    this.trainer = trainer;
    this.examples = examples;
    this.minExamples = minExamples;
    this.role = role;
    this.name = name;
    this.seed = seed;
    this.state = state;
    this.helping = helping;
    this.held = held;
    this.memory = memory;
    training = new LocalTraining(trainer, memory);
    this.listener = listener;
  }

  /// @return how the run ended; empty if the link was lost before
  /// @throws NodeException also if the data does not fit the model
  Optional<Ending> serve() throws NodeException, InterruptedException {
    return new Conversation(name, Role.CLIENT, state, listener)
        .over(link, inbox, Optional.empty(), this::received);
  }

  private Optional<Ending> received(Envelope envelope) throws IOException, NodeException {
    if (envelope.kind().equals(Kinds.OUTLINE)) {
      join(Outline.decode(envelope.body()));
    } else if (envelope.kind().equals(Kinds.ROUND_OPEN)) {
      round(RoundOpen.decode(envelope.body()));
    } else if (envelope.kind().equals(Kinds.RETRY)) {
      retry(Retry.decode(envelope.body()));
    } else if (envelope.kind().equals(Kinds.ROUND_RESULT)) {
      result(RoundResult.decode(envelope.body()));
    } else if (envelope.kind().equals(ControlMessage.kind(ControlMessage.RoundVoid.class))) {
      var message = ControlMessage.read(envelope, ControlMessage.RoundVoid.class);
      round = null;
      memory.forget();
      held.close();
      listener.on(new RunEvent.RoundVoided(message.round(), message.reason()));
    } else if (envelope.kind().equals(ControlMessage.kind(ControlMessage.RunEnd.class))) {
      return Optional.of(Ending.of(envelope));
    }
    return Optional.empty();
  }

  /// Joins if the data fit what will be trained: nobody waits for a round only to hear that they do
  /// not.
  private void join(Outline outline) throws IOException, NodeException {
    try {
      trainer.requireFit(outline.architecture(), outline.layout(), outline.train());
    } catch (TrainingException unfit) {
      throw NodeException.of(Reason.DATASET_MISMATCH, unfit);
    } catch (IllegalArgumentException unfit) {
      throw new NodeException(Reason.DATASET_MISMATCH, unfit);
    }
    role.expect(outline.layout());
    link.send(new ControlMessage.Join(trainer.examples(), helping).envelope());
  }

  private void round(RoundOpen open) throws IOException, NodeException {
    takingPart(open.round(), () -> take(open));
  }

  private void take(RoundOpen open) throws IOException, TrainingException {
    int number = open.round();
    VerifiedRound accepted = LocalFailure.unless(() -> role.accept(open));
    VerifiedRound known = held.round(accepted.ctx());
    if (known != null) {
      goOn(known);
      return;
    }
    held.close();
    role.requireFresh(accepted);
    if (!Statistics.isMeasured(open.architecture())) {
      memory.begin(open.federation(), open.run(), number, open.previousResult());
    }
    round = accepted;
    listener.on(new RunEvent.RoundOpened(number, open.clients()));
    if (hasRoom(open)) {
      takePart(accepted);
    }
  }

  /// The link was lost after the update began to leave.
  private void goOn(VerifiedRound known) throws IOException {
    int number = known.open().round();
    round = known;
    UploadTally tally = new UploadTally();
    held.sendAgain(protector -> sendManifest(protector, tally));
    held.sendAll(protector -> resend(number, protector, tally));
    left(known.open());
  }

  /// The coordinator says of blocks that it has, or does not need any more, that they need not
  /// come.
  private void resend(int number, UpdateProtector protector, UploadTally tally) throws IOException {
    try {
      sendBlocks(number, protector, tally, progress(number, "encrypt", protector.length()));
    } catch (LinkRefused refused) {
      if (refused.reason() != LinkRefused.Reason.NOT_NEEDED) {
        throw refused;
      }
    }
    sendManifest(protector, tally);
  }

  /// A segment is asked for again. Whoever was restarted meanwhile has nothing to send: its update
  /// is gone, and another one must not leave.
  private void retry(Retry retry) throws IOException, NodeException {
    VerifiedRound known = held.round(retry.ctx());
    if (known == null || retry.excludes(name)) {
      return;
    }
    int number = known.open().round();
    UploadTally tally = new UploadTally();
    takingPart(number, () -> held.retry(retry, protector -> resend(number, protector, tally)));
  }

  /// Something that a client does for a round.
  @FunctionalInterface
  private interface Step {
    void run() throws IOException, TrainingException;
  }

  /// Withdraws from the round if the step is refused, here or there.
  private void takingPart(int number, Step step) throws IOException, NodeException {
    try {
      step.run();
    } catch (RoundRefused refused) {
      String reason = String.valueOf(refused.getMessage());
      withdraw(number, reason, reason, refused.reason().isForGood());
    } catch (TooFewExamples refused) {
      withdraw(number, TooFewExamples.REASON, String.valueOf(refused.getMessage()), true);
    } catch (NonFiniteUpdate | ShareRefused refused) {
      String reason = String.valueOf(refused.getMessage());
      withdraw(number, reason, reason, false);
    } catch (TrainingException failed) {
      // What it says may name files, labels or people: it stays here.
      withdraw(number, "training failed", String.valueOf(failed.getMessage()), false);
      throw NodeException.of(Reason.DATASET_MISMATCH, failed);
    } catch (LinkRefused declined) {
      if (!declined.isAnswer()) {
        throw declined;
      }
      // The coordinator is there and wants nothing more in this round. The next one may wait in the
      // inbox already, so the link must live.
      String reason = String.valueOf(declined.getMessage());
      withdraw(number, reason, reason, false);
    }
  }

  /// @param reason what everybody may know
  /// @param details what this machine's owner may know
  /// @param forGood whether no round of this run would be taken
  private void withdraw(int round, String reason, String details, boolean forGood)
      throws IOException {
    memory.forget();
    held.close();
    listener.on(new RunEvent.Advanced(round, new RoundEvent.ClientWithdrew(name, details)));
    link.send(new ControlMessage.Withdraw(round, reason, forGood).envelope());
  }

  /// Looks, before a byte is downloaded, whether the disk has room for the model and the segment
  /// that is being protected; withdraws if not.
  private boolean hasRoom(RoundOpen open) throws IOException {
    long segment =
        open.segments().stream()
            .mapToLong(each -> open.plan().segmentBytes(each.size()))
            .max()
            .orElse(0);
    ClientRule rule = open.train().rule();
    // The model, its guides, what is sent, and what is remembered, before and after.
    int vectors = 1 + rule.guides() + rule.vectors() + (rule.remembers() ? 3 : 0);
    long model = (long) vectors * Float.BYTES * open.layout().parameters();
    long room = StateFolder.room(state);
    if (model + segment <= room) {
      return true;
    }
    withdraw(
        open.round(),
        "the model is larger than this client's disk has room for",
        "state_path %s: room for %d bytes (expected: %d for the model and %d for a segment; free some, or move it)"
            .formatted(state, room, model, segment),
        false);
    return false;
  }

  private void takePart(VerifiedRound round) throws IOException, TrainingException {
    Path file = state.resolve("model.f32");
    try {
      takePart(round, file);
    } finally {
      LocalFailure.unless(() -> Files.deleteIfExists(file));
    }
  }

  private void takePart(VerifiedRound round, Path file) throws IOException, TrainingException {
    RoundOpen open = round.open();
    int guides = open.train().rule().guides();
    long model = Float.BYTES * open.layout().parameters();
    long bytes = (1 + guides) * model;
    link.download(
        Streams.model(open.round()),
        new ModelSink(file, bytes, progress(open.round(), "download", bytes)));
    double trainSeconds;
    try (Tensors tensors = LocalFailure.unless(() -> Tensors.open(file, 0, open.layout()));
        Guides beside = LocalFailure.unless(() -> Guides.open(file, guides, open.layout()))) {
      round.requireModel(tensors, beside.all().toArray(Tensors[]::new));
      long start = System.nanoTime();
      Throttle throttle = progress(open.round(), "train", 0);
      ClientUpdate update = train(open, tensors, beside.all(), throttle);
      trainSeconds = (System.nanoTime() - start) / 1e9;
      // If the link was lost meanwhile, the update waits for the next one: training costs more than
      // keeping it.
      tell(new ControlMessage.Progress(open.round(), "encrypt", 0, 0));
      try {
        held.hold(round, update, LocalFailure.unless(() -> role.contribute(round, update)));
      } catch (IOException | RuntimeException failure) {
        update.close();
        throw failure;
      }
    }
    upload(round, trainSeconds, bytes);
  }

  private ClientUpdate train(RoundOpen open, Tensors model, List<Tensors> guides, Throttle throttle)
      throws TrainingException, LocalFailure {
    GlobalModel global = new GlobalModel(open.architecture(), model);
    Preprocessing preprocessing = open.train().preprocessing();
    try {
      if (Statistics.isMeasured(open.architecture())) {
        requirePlain(open.train().rule());
        return measure(global, preprocessing, throttle);
      }
      trainer.prepare(preprocessing);
      requireEnough(trainer.examples(open.train().options()));
      ClientUpdate update =
          training.train(
              global,
              guides,
              open.train().withSeed(mix(open.train().seed(), open.round())),
              open.plan().quantise() ? open.plan().clips() : List.of(),
              throttle::at);
      int bits = open.plan().parameters().valueBits();
      open.train()
          .privacy()
          .ifPresent(privacy -> new PrivateUpdate(privacy, bits, NoiseSource.secure()).of(update));
      return update;
    } catch (IOException failure) {
      throw LocalFailure.of(failure);
    } catch (IllegalArgumentException unfit) {
      throw new TrainingException(String.valueOf(unfit.getMessage()), unfit);
    }
  }

  /// How many examples are measured the steps of this round say, so it is known afterwards.
  private ClientUpdate measure(GlobalModel before, Preprocessing preprocessing, Throttle throttle)
      throws TrainingException {
    ClientUpdate update = trainer.measure(before, preprocessing, throttle::at);
    try {
      requireEnough(update.examples());
      return update;
    } catch (TooFewExamples refused) {
      update.close();
      throw refused;
    }
  }

  private void requireEnough(long takingPart) throws TooFewExamples {
    if (takingPart < minExamples) {
      throw new TooFewExamples(takingPart, examples, minExamples);
    }
  }

  private static void requirePlain(ClientRule rule) throws TrainingException {
    if (!(rule instanceof ClientRule.Plain)) {
      throw new TrainingException(
          "statistics with a rule of training: %s (expected: none)".formatted(rule));
    }
  }

  /// Different in every round and for every client, the same in a run that is repeated.
  private long mix(long plan, int round) {
    return ((seed * 0x9E3779B97F4A7C15L) ^ plan) * 0x9E3779B97F4A7C15L + round;
  }

  private void upload(VerifiedRound round, double trainSeconds, long downloadBytes)
      throws IOException {
    int number = round.open().round();
    UploadTally tally = new UploadTally();
    Throttle throttle =
        progress(number, "encrypt", round.plan().updateBytes(round.open().upload()));
    held.sendAll(protector -> {
      sendBlocks(number, protector, tally, throttle);
      sendManifest(protector, tally);
    });
    left(round.open());
    link.send(
        new ControlMessage.Report(
                number, trainSeconds, tally.encryptSeconds(), tally.bytes(), downloadBytes)
            .envelope());
  }

  private void left(RoundOpen open) throws IOException {
    LocalFailure.unlessDone(() -> memory.sent(open.round(), open.previousResult()));
  }

  private void sendBlocks(
      int number, UpdateProtector protector, UploadTally tally, Throttle throttle)
      throws IOException {
    link.upload(
        Streams.segment(
            new Streams.SegmentRef(number, protector.segment().index(), protector.attempt())),
        new ProtectedSource(protector, tally, throttle));
  }

  private void sendManifest(UpdateProtector protector, UploadTally tally) throws IOException {
    for (SealedShare share : protector.shares()) {
      send(Kinds.SEALED_SHARE, share.encode(), tally);
    }
    send(Kinds.MANIFEST, LocalFailure.unless(protector::manifest).encode(), tally);
  }

  private void send(String kind, byte[] body, UploadTally tally) throws IOException {
    link.send(new Envelope(kind, "", body));
    tally.sent(body.length);
  }

  private void result(RoundResult result) throws IOException {
    // Over a new link the round is known by its update alone.
    VerifiedRound known = held.round(result.ctx());
    VerifiedRound open = known == null ? round : known;
    if (open == null) {
      return;
    }
    try {
      LocalFailure.unlessDone(() -> role.complete(open, result));
      KeptPlaces kept = open.kept(result);
      LocalFailure.unlessDone(() -> {
        memory.retain(LocalTraining.CONTROL, kept, open.open().layout());
        memory.keep();
      });
      result
          .abandoned()
          .forEach(segment ->
              listener.on(
                  new RunEvent.SegmentAbandoned(
                      open.open().round(), segment, "the result is without it")));
      round = null;
      held.close();
    } catch (RoundRefused refused) {
      LOG.log(System.Logger.Level.WARNING, "result refused: {0}", refused.getMessage());
    }
  }

  private void tell(ControlMessage.Progress progress) {
    try {
      link.send(progress.envelope());
    } catch (IOException lost) {
      // Training goes on: whether the link is gone for good is found out by the upload.
      LOG.log(System.Logger.Level.DEBUG, "progress not sent: {0}", lost.getMessage());
    }
  }

  private Throttle progress(int round, String step, long total) {
    return new Throttle(round, step, total);
  }

  /// Tells the listener and the coordinator how far a step is, a few times a second.
  private final class Throttle implements LongConsumer {
    private final int round;
    private final String step;
    private final long total;
    private long lastNanos = System.nanoTime();

    Throttle(int round, String step, long total) {
      this.round = round;
      this.step = step;
      this.total = total;
    }

    @Override
    public void accept(long done) {
      at(done, total);
    }

    void at(long done, long all) {
      long now = System.nanoTime();
      if (now - lastNanos < PROGRESS_NANOS && done < all) {
        return;
      }
      lastNanos = now;
      listener.on(new RunEvent.Progress(round, name, step, done, all));
      tell(new ControlMessage.Progress(round, step, done, all));
    }
  }
}
