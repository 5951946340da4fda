package ai.cifer.training.trainer;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.Dataset.Batch;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.Statistics;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.training.data.Examples;
import ai.cifer.training.data.Seeds;
import ai.cifer.training.data.Table;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Gradient descent by DJL's PyTorch engine on one CPU thread, or on a GPU where there is one.
///
/// A loss that is not finite does not stop it: the update then holds values that are not finite,
/// and whoever encrypts it refuses it by name and index.
final class DjlTrainer implements Trainer {

  /// Values of a model that is tried with zeros before it is trained: 1 GiB.
  private static final long MOST_TRIED = 1L << 28;

  private final Table table;
  private final Optional<Path> graph;
  private @Nullable Examples prepared;
  private Preprocessing steps = Preprocessing.NONE;

  /// @param table closed with this trainer
  /// @param graph the participant's own TorchScript graph
  DjlTrainer(Table table, Optional<Path> graph) {
    this.table = table;
    this.graph = graph;
  }

  @Override
  public long examples() {
    return prepared == null ? table.size() : prepared.size();
  }

  @Override
  public long examples(TrainOptions options) throws TrainingException {
    List<Double> weights = options.classWeights();
    if (weights.isEmpty()) {
      return examples();
    }
    Examples examples = dataset();
    long[] counts = examples.classCounts();
    double least = options.leastClassWeight();
    long all = 0;
    long kept = 0;
    for (int label = 0; label < counts.length; label++) {
      all += counts[label];
      kept += label < weights.size() && weights.get(label) >= least ? counts[label] : 0;
    }
    // Sequences have several labels.
    return all == 0 ? 0 : kept / (all / examples.size());
  }

  /// Every round says its steps again; the examples are looked at once.
  @Override
  public void prepare(Preprocessing preprocessing) throws TrainingException {
    if (prepared == null || !preprocessing.equals(steps)) {
      prepared = table.prepared(preprocessing);
      steps = preprocessing;
    }
  }

  @Override
  public void requireFit(String architecture, ModelLayout layout, TrainConfig config)
      throws TrainingException {
    Preprocessing wanted = config.preprocessing();
    prepare(
        Statistics.missing(wanted).isEmpty()
            ? wanted
            : Statistics.of(wanted, table.measuredWidths(wanted)).tried());
    if (layout.parameters() > MOST_TRIED) {
      return;
    }
    Dataset dataset = dataset();
    try (Tensors zeros = Tensors.allocate(layout);
        NDManager manager = PyTorchEngine.newManager();
        Network network =
            Networks.open(
                new GlobalModel(architecture, zeros),
                graph,
                dataset.exampleShape(),
                manager,
                false);
        Dataset.Batches batches = dataset.batches(2, null)) {
      Batch batch = batches.next();
      if (batch != null) {
        new Objective(dataset.target(), config.options())
            .tally()
            .add(network.scores(manager, batch.features(), batch.size(), null), batch);
      }
    } catch (EngineException failure) {
      throw new TrainingException(
          "the data does not fit the model: " + failure.getMessage(), failure);
    }
  }

  @Override
  public List<Integer> measuredWidths(Preprocessing preprocessing) throws TrainingException {
    return table.measuredWidths(preprocessing);
  }

  @Override
  public ClientUpdate measure(GlobalModel before, Preprocessing preprocessing, Progress progress)
      throws TrainingException {
    return table.measured(
        preprocessing, before.tensors(), Statistics.wave(before.architecture()), progress);
  }

  private Examples dataset() throws TrainingException {
    if (prepared == null) {
      prepared = table.prepared(Preprocessing.NONE);
    }
    return prepared;
  }

  @Override
  public ClientUpdate train(GlobalModel global, TrainConfig config, Progress progress)
      throws TrainingException {
    return train(global, config, null, progress);
  }

  @Override
  public ClientUpdate trainCorrected(
      GlobalModel global, TrainConfig config, Tensors correction, Progress progress)
      throws TrainingException {
    return train(global, config, correction, progress);
  }

  private ClientUpdate train(
      GlobalModel global, TrainConfig config, @Nullable Tensors correction, Progress progress)
      throws TrainingException {
    Dataset dataset = dataset();
    TrainOptions options = config.options();
    var objective = new Objective(dataset.target(), options);
    RandomGenerator order = Seeds.generator(config.seed());
    RandomGenerator chance = Seeds.generator(~config.seed());
    try (NDManager manager = PyTorchEngine.newManager();
        Network network = Networks.open(global, graph, dataset.exampleShape(), manager, true)) {
      // For what a TorchScript graph draws by itself; other trainings in this process disturb it.
      JniUtils.setSeed(config.seed());
      var descent = new Descent(manager, network, options, config.learningRate(), correction);
      var patience = new EarlyStop(options.earlyStop());
      long total = dataset.size() * config.localEpochs();
      long done = 0;
      for (int epoch = 0; epoch < config.localEpochs() && !patience.isOver(); epoch++) {
        try (Dataset.Batches batches = dataset.batches(config.batchSize(), order)) {
          for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
            // Gradients add up; those of a whole epoch count by their batches' examples.
            double share = options.accumulate() ? (double) batch.size() / dataset.size() : 1;
            double loss =
                step(manager, network, objective, batch, share, chance, patience.isAsked());
            if (!options.accumulate()) {
              descent.step();
            }
            patience.add(loss, batch.size());
            done += batch.size();
            progress.at(done, total);
          }
        }
        if (options.accumulate()) {
          descent.step();
        }
        patience.endEpoch();
      }
      network.settle();
      return new ClientUpdate(
          network.changeSince(global.tensors()), dataset.size(), descent.steps());
    } catch (EngineException failure) {
      throw new TrainingException("PyTorch failed in training: " + failure.getMessage(), failure);
    }
  }

  /// Computes the gradients of one batch, times `share`.
  ///
  /// DJL's `GradientCollector` is not used: it allows one in a process, and a simulation trains
  /// several clients at a time.
  ///
  /// @return the loss, if it is asked for
  private static double step(
      NDManager manager,
      Network network,
      Objective objective,
      Batch batch,
      double share,
      RandomGenerator chance,
      boolean asked)
      throws TrainingException {
    try (NDManager brief = manager.newSubManager()) {
      JniUtils.setGradMode(true);
      try {
        NDArray scores = network.scores(brief, batch.features(), batch.size(), chance);
        var loss = (PtNDArray) objective.loss(brief, scores, batch);
        JniUtils.backward(
            loss, (PtNDArray) brief.create((float) share).reshape(loss.getShape()), false, false);
        return asked ? loss.toFloatArray()[0] : 0;
      } finally {
        JniUtils.setGradMode(false);
      }
    }
  }

  @Override
  public Set<String> buffers(GlobalModel global) throws TrainingException {
    try (NDManager manager = PyTorchEngine.newManager();
        Network network = Networks.open(global, graph, dataset().exampleShape(), manager, false)) {
      return Set.copyOf(network.buffers());
    } catch (EngineException failure) {
      throw new TrainingException("PyTorch failed: " + failure.getMessage(), failure);
    }
  }

  @Override
  public Metrics evaluate(GlobalModel global, TrainOptions options, Progress progress)
      throws TrainingException {
    try (ModelEvaluation evaluation = ModelEvaluation.open(global, graph, dataset())) {
      return evaluation.metrics(options, progress);
    }
  }

  @Override
  public void close() {
    table.close();
  }
}
