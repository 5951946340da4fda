package ai.cifer.training.trainer;

import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.Dataset.Batch;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.Trainer.Progress;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.data.NpyHeader;
import ai.cifer.training.data.NpyType;
import ai.cifer.training.data.ReplacedFile;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What a model computes for the examples of a dataset, and how good that is.
public final class ModelEvaluation implements AutoCloseable {

  /// Large enough that the calls into the engine cost little, small enough for a few MB.
  private static final int BATCH = 250;

  private final Dataset dataset;
  private final NDManager manager;
  private final Network network;

  private ModelEvaluation(Dataset dataset, NDManager manager, Network network) {
    this.dataset = dataset;
    this.manager = manager;
    this.network = network;
  }

  /// @param graph the network of a model whose file names none; trusted, since it is code
  /// @param dataset the caller's to close
  /// @throws TrainingException if the model has no network, or the examples are not for it
  public static ModelEvaluation open(GlobalModel model, Optional<Path> graph, Dataset dataset)
      throws TrainingException {
    NDManager manager = PyTorchEngine.newManager();
    try {
      Network network = Networks.open(model, graph, dataset.exampleShape(), manager, false);
      return new ModelEvaluation(dataset, manager, network);
    } catch (TrainingException | RuntimeException failure) {
      manager.close();
      throw failure;
    }
  }

  /// Loss and accuracy over all examples.
  ///
  /// @param options of which the loss is used
  public Metrics metrics(TrainOptions options, Progress progress) throws TrainingException {
    Objective.Tally tally = new Objective(dataset.target(), options).tally();
    try (Dataset.Batches batches = dataset.batches(BATCH, null)) {
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

  /// Writes what the network gives for every example, in stored order, as an npy file of float32
  /// whose first dimension is the example. They are those that the model's own framework gives,
  /// after a softmax if the network ends with one.
  ///
  /// @return the shape of the array
  /// @throws TrainingException if they cannot be computed or written
  public List<Long> writeOutputs(Path file) throws TrainingException {
    try (ReplacedFile replaced = ReplacedFile.of(file)) {
      List<Long> shape = new ArrayList<>(shapeOfOne());
      shape.set(0, dataset.size());
      try (OutputStream out = Files.newOutputStream(replaced.draft())) {
        out.write(NpyHeader.of(NpyType.FLOAT32, shape).toBytes());
        writeAll(out);
      }
      replaced.commit();
      return shape;
    } catch (EngineException failure) {
      throw new TrainingException("PyTorch failed in evaluation: " + failure.getMessage(), failure);
    } catch (IOException failure) {
      throw new TrainingException("cannot write %s: %s".formatted(file, failure), failure);
    }
  }

  /// The shape of the outputs for the first example.
  private List<Long> shapeOfOne() throws TrainingException {
    try (Dataset.Batches batches = dataset.batches(1, null);
        NDManager brief = manager.newSubManager()) {
      Batch batch = batches.next();
      if (batch == null) {
        throw new TrainingException("examples: 0 (expected: at least one)");
      }
      long[] shape = network.outputs(brief, batch.features(), 1).getShape().getShape();
      return Arrays.stream(shape).boxed().toList();
    }
  }

  private void writeAll(OutputStream out) throws IOException, TrainingException {
    try (Dataset.Batches batches = dataset.batches(BATCH, null)) {
      for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
        try (NDManager brief = manager.newSubManager()) {
          float[] values = network.outputs(brief, batch.features(), batch.size()).toFloatArray();
          ByteBuffer bytes =
              ByteBuffer.allocate(Math.multiplyExact(4, values.length))
                  .order(ByteOrder.LITTLE_ENDIAN);
          bytes.asFloatBuffer().put(values);
          out.write(bytes.array());
        }
      }
    }
  }

  @Override
  public void close() {
    network.close();
    manager.close();
  }
}
