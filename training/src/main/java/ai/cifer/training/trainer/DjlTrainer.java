package ai.cifer.training.trainer;

import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.Dataset.Batch;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.Target;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.training.data.Seeds;
import ai.cifer.training.data.Table;
import ai.cifer.training.model.Architecture;
import ai.cifer.training.model.Architectures;
import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Plain stochastic gradient descent on the cross entropy, on one CPU thread.
///
/// A loss that is not finite does not stop it: the update then holds values that are not finite,
/// and whoever encrypts it refuses it by name and index.
final class DjlTrainer implements Trainer {

  /// Large enough that the calls into the engine cost little, small enough for a few MB.
  private static final int EVALUATION_BATCH = 250;

  private final Table table;
  private @Nullable Dataset prepared;

  /// @param table closed with this trainer
  DjlTrainer(Table table) {
    this.table = table;
  }

  @Override
  public long examples() {
    return prepared == null ? table.size() : prepared.size();
  }

  @Override
  public void prepare(Preprocessing preprocessing) throws TrainingException {
    prepared = table.prepared(preprocessing);
  }

  private Dataset dataset() throws TrainingException {
    if (prepared == null) {
      prepared = table.prepared(Preprocessing.NONE);
    }
    return prepared;
  }

  @Override
  public ClientUpdate train(GlobalModel global, TrainConfig config, Progress progress)
      throws TrainingException {
    Dataset dataset = dataset();
    Architecture architecture = fitting(global, dataset);
    RandomGenerator order = Seeds.generator(config.seed());
    long total = dataset.size() * config.localEpochs();
    long done = 0;
    try (NDManager manager = PyTorchEngine.start().newBaseManager(Device.cpu());
        Network network = Network.of(architecture, global, manager, true)) {
      for (int epoch = 0; epoch < config.localEpochs(); epoch++) {
        try (Dataset.Batches batches = dataset.batches(config.batchSize(), order)) {
          for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
            network.step(batch.features(), batch.labels(), config.learningRate());
            done += batch.size();
            progress.at(done, total);
          }
        }
      }
      return new ClientUpdate(network.changeSince(global.tensors()), dataset.size());
    } catch (EngineException failure) {
      throw new TrainingException("PyTorch failed in training: " + failure.getMessage(), failure);
    }
  }

  @Override
  public Metrics evaluate(GlobalModel global, Progress progress) throws TrainingException {
    Dataset dataset = dataset();
    Architecture architecture = fitting(global, dataset);
    var tally = new Tally(architecture.classes());
    try (NDManager manager = PyTorchEngine.start().newBaseManager(Device.cpu());
        Network network = Network.of(architecture, global, manager, false);
        Dataset.Batches batches = dataset.batches(EVALUATION_BATCH, null)) {
      for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
        try (NDManager brief = manager.newSubManager()) {
          NDArray outputs = network.outputs(brief, batch.features(), batch.size());
          tally.add(outputs.toFloatArray(), batch.labels());
        }
        progress.at(tally.examples(), dataset.size());
      }
      return tally.metrics();
    } catch (EngineException failure) {
      throw new TrainingException("PyTorch failed in evaluation: " + failure.getMessage(), failure);
    }
  }

  private static Architecture fitting(GlobalModel global, Dataset dataset)
      throws TrainingException {
    Architecture architecture = Architectures.named(global.architecture());
    List<Integer> input = architecture.inputShape();
    List<Integer> example = dataset.exampleShape();
    // Images without a channel dimension are images of one channel.
    boolean fits =
        input.equals(example) || (input.getFirst() == 1 && input.subList(1, 3).equals(example));
    if (!fits) {
      throw new TrainingException(
          "shape of an example: %s (expected for %s: %s)"
              .formatted(example, architecture.name(), input));
    }
    if (!(dataset.target() instanceof Target.Classes(int count, int perExample))
        || count > architecture.classes()
        || perExample != 1) {
      throw new TrainingException(
          "target of the data: %s (expected for %s: at most %d classes)"
              .formatted(dataset.target(), architecture.name(), architecture.classes()));
    }
    return architecture;
  }

  @Override
  public void close() {
    table.close();
  }
}
