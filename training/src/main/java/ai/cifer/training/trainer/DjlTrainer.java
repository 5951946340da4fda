package ai.cifer.training.trainer;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.Dataset.Batch;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.training.data.Examples;
import ai.cifer.training.data.Seeds;
import ai.cifer.training.data.Table;
import ai.djl.Device;
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

/// Gradient descent by DJL's PyTorch engine on one CPU thread.
///
/// A loss that is not finite does not stop it: the update then holds values that are not finite,
/// and whoever encrypts it refuses it by name and index.
final class DjlTrainer implements Trainer {

  /// Large enough that the calls into the engine cost little, small enough for a few MB.
  private static final int EVALUATION_BATCH = 250;

  private final Table table;
  private final Optional<Path> graph;
  private @Nullable Examples prepared;
  private TrainOptions options = TrainOptions.DEFAULT;

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

  @Override
  public void prepare(Preprocessing preprocessing) throws TrainingException {
    prepared = table.prepared(preprocessing);
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
    options = config.options();
    var objective = new Objective(dataset.target(), options);
    RandomGenerator order = Seeds.generator(config.seed());
    RandomGenerator chance = Seeds.generator(~config.seed());
    try (NDManager manager = PyTorchEngine.start().newBaseManager(Device.cpu());
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
    try (NDManager manager = PyTorchEngine.start().newBaseManager(Device.cpu());
        Network network = Networks.open(global, graph, dataset().exampleShape(), manager, false)) {
      return Set.copyOf(network.buffers());
    } catch (EngineException failure) {
      throw new TrainingException("PyTorch failed: " + failure.getMessage(), failure);
    }
  }

  @Override
  public Metrics evaluate(GlobalModel global, Progress progress) throws TrainingException {
    Dataset dataset = dataset();
    Objective.Tally tally = new Objective(dataset.target(), options).tally();
    try (NDManager manager = PyTorchEngine.start().newBaseManager(Device.cpu());
        Network network = Networks.open(global, graph, dataset.exampleShape(), manager, false);
        Dataset.Batches batches = dataset.batches(EVALUATION_BATCH, null)) {
      for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
        try (NDManager brief = manager.newSubManager()) {
          tally.add(network.scores(brief, batch.features(), batch.size(), null), batch);
        }
        progress.at(tally.examples(), dataset.size());
      }
      return tally.metrics();
    } catch (EngineException failure) {
      throw new TrainingException("PyTorch failed in evaluation: " + failure.getMessage(), failure);
    }
  }

  @Override
  public void close() {
    table.close();
  }
}
