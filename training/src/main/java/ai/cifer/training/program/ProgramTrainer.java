package ai.cifer.training.program;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.ClientRule;
import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainerFailed;
import ai.cifer.fedlearn.train.TrainerProgram;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.ClientUpdate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A trainer that is a program of the user's.
///
/// One process serves a whole run, so data is loaded once. Should it end, it is started again and
/// given the same request once more: the request holds the seed, so the result is the same.
final class ProgramTrainer implements Trainer {

  private static final System.Logger LOG = System.getLogger(ProgramTrainer.class.getName());

  /// The model, the program's model, and their difference.
  private static final int MODELS_ON_DISK = 3;

  private final TrainerProgram program;
  private final Conversation conversation;
  private final WorkFolder work;
  private final LocalTensors local;
  private boolean told;

  private ProgramTrainer(
      TrainerProgram program, Conversation conversation, WorkFolder work, LocalTensors local) {
    this.program = program;
    this.conversation = conversation;
    this.work = work;
    this.local = local;
  }

  /// @throws TrainerFailed if the program does not get ready
  static ProgramTrainer start(TrainerProgram program, Optional<Path> dataset, Dataset.Split split)
      throws TrainerFailed {
    Map<String, Object> hello = new LinkedHashMap<>();
    hello.put("purpose", split == Dataset.Split.TRAIN ? "train" : "evaluate");
    hello.put("dataset", dataset.map(path -> path.toAbsolutePath().toString()).orElse(null));
    Conversation conversation = Conversation.start(program, hello);
    try {
      if (conversation.ready().examples().isEmpty()) {
        throw conversation.refused("ready: no examples (expected: how many it has)");
      }
      WorkFolder work = WorkFolder.under(program.work());
      return new ProgramTrainer(
          program, conversation, work, new LocalTensors(conversation.ready().local(), work.path()));
    } catch (IllegalArgumentException malformed) {
      conversation.close();
      throw conversation.refused("ready: local: " + malformed.getMessage());
    } catch (IOException failure) {
      conversation.close();
      throw unwritable(program, failure);
    } catch (TrainerFailed failure) {
      conversation.close();
      throw failure;
    }
  }

  private static TrainerFailed unwritable(TrainerProgram program, IOException failure) {
    return new TrainerFailed(
        "trainer: files in %s: %s".formatted(program.work(), failure.getMessage()), failure);
  }

  @Override
  public long examples() {
    return conversation.ready().examples().orElse(0);
  }

  /// A program prepares its data itself; steps that it does not know of must not be lost silently.
  @Override
  public void prepare(Preprocessing preprocessing) throws TrainingException {
    if (!preprocessing.steps().isEmpty()) {
      throw new TrainerFailed(
          "preprocessing: %d steps (expected: none, since %s prepares its data itself)"
              .formatted(preprocessing.steps().size(), program.shown()));
    }
  }

  /// The protocol does not say how a step is made: an option that a program never heard of would be
  /// lost without a word.
  private void requireOwnSteps(TrainConfig config) throws TrainingException {
    // What stays with the participant is kept apart before and after the program trains.
    TrainOptions.Builder options = config.options().toBuilder().local(List.of());
    if (config.rule() instanceof ClientRule.FedNova) {
      // Of buffers a program says itself which there are: by its "local".
      options.buffers(TrainOptions.Buffers.SHARED);
    }
    TrainOptions steps = options.build();
    if (!steps.equals(TrainOptions.DEFAULT)) {
      throw new TrainingException(
          "options of training: %s (expected: the defaults, since %s makes its steps itself; leave out optimiser, proximal and the like, and the strategies that set them)"
              .formatted(config.options(), program.shown()));
    }
  }

  @Override
  public void requireFit(String architecture, ModelLayout layout, TrainConfig config)
      throws TrainingException {
    prepare(config.preprocessing());
    requireOwnSteps(config);
    requireOwnArchitecture(GlobalModel.label(architecture));
  }

  private void requireOwnArchitecture(String label) throws TrainerFailed {
    String own = conversation.ready().architecture().orElse(label);
    if (!label.equals(own)) {
      throw new TrainerFailed(
          "architecture of the global model: %s (expected: %s, as this participant's trainer says)"
              .formatted(Excerpt.of(label), Excerpt.of(own)));
    }
  }

  @Override
  public ClientUpdate train(GlobalModel global, TrainConfig config, Progress progress)
      throws TrainingException {
    requireOwnSteps(config);
    Path model = work.file("model." + conversation.ready().format());
    Path out = work.file("trained." + conversation.ready().format());
    try {
      Set<String> shared = local.shared(global.tensors().layout());
      tell(shared);
      write(global, model);
      Files.deleteIfExists(out);
      Map<String, Object> request = request("train", global, model);
      request.put("out", out.toString());
      request.put("learning_rate", config.learningRate());
      request.put("batch_size", config.batchSize());
      request.put("local_epochs", config.localEpochs());
      request.put("seed", Conversation.seed(config.seed()));
      ChildMessage.Done done = conversation.ask(request, "trained", progress);
      log("train", done.metrics());
      Tensors trained = conversation.result(out).tensors();
      try (trained) {
        Difference.requireSame(global.tensors().layout(), trained.layout());
        Tensors delta = Difference.of(global.tensors(), trained, shared, work.path());
        local.keep(trained);
        return new ClientUpdate(
            delta, done.examples().orElseGet(this::examples), done.steps().orElse(0));
      }
    } catch (IOException failure) {
      throw unwritable(program, failure);
    } finally {
      delete(model);
      delete(out);
    }
  }

  @Override
  public Metrics evaluate(GlobalModel global, TrainOptions options, Progress progress)
      throws TrainingException {
    Path model = work.file("model." + conversation.ready().format());
    try {
      write(global, model);
      ChildMessage.Done done =
          conversation.ask(request("evaluate", global, model), "evaluated", progress);
      log("evaluate", done.metrics());
      return new Metrics(
          done.examples().orElseGet(this::examples),
          metric(done.metrics(), "loss"),
          metric(done.metrics(), "accuracy"));
    } catch (IOException failure) {
      throw unwritable(program, failure);
    } finally {
      delete(model);
    }
  }

  private double metric(Map<String, Double> metrics, String name) throws TrainerFailed {
    Double value = metrics.get(name);
    if (value == null) {
      throw new TrainerFailed(
          "trainer: %s: evaluate: no metric %s (expected: loss and accuracy; found: %s)"
              .formatted(program.shown(), name, metrics.keySet()));
    }
    return value;
  }

  private static Map<String, Object> request(String type, GlobalModel global, Path model) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("type", type);
    request.put("architecture", GlobalModel.label(global.architecture()));
    request.put("model", model.toString());
    return request;
  }

  /// Writes what the program starts from.
  private void write(GlobalModel global, Path file) throws IOException, TrainingException {
    requireOwnArchitecture(GlobalModel.label(global.architecture()));
    long needed = MODELS_ON_DISK * 4 * global.tensors().layout().parameters();
    long room = Files.getFileStore(work.path()).getUsableSpace();
    if (room < needed) {
      throw new TrainerFailed(
          "room on the disk of %s: %d bytes (expected: %d, three times the model)"
              .formatted(work.path(), room, needed));
    }
    Optional<Tensors> overlaid = local.overlay(global.tensors());
    if (overlaid.isEmpty()) {
      ProgramFiles.write(global, file);
      return;
    }
    try (Tensors tensors = overlaid.get()) {
      ProgramFiles.write(new GlobalModel(global.architecture(), tensors), file);
    }
  }

  /// What stays local is said once.
  private void tell(Set<String> shared) {
    if (!told && !local.patterns().isEmpty()) {
      LOG.log(
          System.Logger.Level.INFO,
          "the trainer keeps {0} to itself and shares {1} tensors",
          local.patterns(),
          shared.size());
    }
    told = true;
  }

  private static void log(String request, Map<String, Double> metrics) {
    if (!metrics.isEmpty()) {
      LOG.log(System.Logger.Level.INFO, "{0}: {1}", request, metrics);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException inUse) {
      LOG.log(System.Logger.Level.DEBUG, "deleting " + file, inUse);
    }
  }

  @Override
  public void close() {
    conversation.close();
    local.close();
    work.close();
  }
}
