package ai.cifer.examples;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.Dataset.Batch;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.Target;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.ClientUpdate;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Softmax regression by stochastic gradient descent: `p = softmax(W·x + b)`, and each example of a
/// batch moves `W` by `-η/B · (p - onehot(y))·xᵀ`, `b` by `-η/B · (p - onehot(y))`.
///
/// What federated training asks of it:
///
/// - the result depends on model, config and data alone: whatever is random comes from
///   `config.seed()`;
/// - `progress` is told often, since silence for longer than `patience` means that it is dead;
/// - the update is the difference to the global model, its weight the number of examples.
final class SoftmaxTrainer implements Trainer {

  /// Names the kind of model, in model files and in every round's plan.
  static final String ARCHITECTURE = "softmax-regression";

  private static final int PIXELS = 28 * 28;
  private static final int CLASSES = 10;

  /// One row of weights a class, then the ten biases: 7,850 values.
  static final ModelLayout LAYOUT =
      new ModelLayout(
          List.of(
              new TensorSpec("weight", List.of(CLASSES, PIXELS)),
              new TensorSpec("bias", List.of(CLASSES))));

  private static final int EVALUATION_BATCH = 500;

  private final Dataset images;

  /// @param images closed with this trainer
  SoftmaxTrainer(Dataset images) {
    this.images = images;
  }

  @Override
  public long examples() {
    return images.size();
  }

  @Override
  public ClientUpdate train(GlobalModel global, TrainConfig config, Progress progress)
      throws TrainingException {
    float[] initial = values(global);
    float[] model = initial.clone();
    RandomGenerator order = RandomGeneratorFactory.of("L64X128MixRandom").create(config.seed());
    long done = 0;
    for (int epoch = 0; epoch < config.localEpochs(); epoch++) {
      try (Dataset.Batches batches = images.batches(config.batchSize(), order)) {
        for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
          step(model, batch, (float) (config.learningRate() / batch.size()));
          done += batch.size();
          progress.at(done, images.size() * config.localEpochs());
        }
      }
    }
    float[] change = new float[model.length];
    for (int i = 0; i < change.length; i++) {
      change[i] = model[i] - initial[i];
    }
    Tensors delta = Tensors.allocate(LAYOUT);
    delta.write(0, change, change.length);
    return new ClientUpdate(delta, images.size());
  }

  /// The gradient of a batch is taken at one model, so it is summed up before the model moves.
  private static void step(float[] model, Dataset.Batch batch, float rate) {
    float[] gradient = new float[model.length];
    for (int example = 0; example < batch.size(); example++) {
      float[] error = probabilities(model, batch.features(), example * PIXELS);
      error[batch.labels()[example]] -= 1;
      for (int c = 0; c < CLASSES; c++) {
        for (int i = 0; i < PIXELS; i++) {
          gradient[c * PIXELS + i] += error[c] * batch.features()[example * PIXELS + i];
        }
        gradient[CLASSES * PIXELS + c] += error[c];
      }
    }
    for (int i = 0; i < model.length; i++) {
      model[i] -= rate * gradient[i];
    }
  }

  /// The largest output is subtracted first, so that no exponential overflows.
  private static float[] probabilities(float[] model, float[] features, int from) {
    float[] p = new float[CLASSES];
    float largest = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < CLASSES; c++) {
      float output = model[CLASSES * PIXELS + c];
      for (int i = 0; i < PIXELS; i++) {
        output += model[c * PIXELS + i] * features[from + i];
      }
      p[c] = output;
      largest = Math.max(largest, output);
    }
    float sum = 0;
    for (int c = 0; c < CLASSES; c++) {
      // StrictMath gives the same bits on every machine.
      p[c] = (float) StrictMath.exp(p[c] - largest);
      sum += p[c];
    }
    for (int c = 0; c < CLASSES; c++) {
      p[c] /= sum;
    }
    return p;
  }

  @Override
  public Metrics evaluate(GlobalModel global, TrainOptions options, Progress progress)
      throws TrainingException {
    float[] model = values(global);
    long done = 0;
    long right = 0;
    double loss = 0;
    try (Dataset.Batches batches = images.batches(EVALUATION_BATCH, null)) {
      for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
        for (int example = 0; example < batch.size(); example++) {
          float[] p = probabilities(model, batch.features(), example * PIXELS);
          int label = batch.labels()[example];
          int best = 0;
          for (int c = 1; c < CLASSES; c++) {
            best = p[c] > p[best] ? c : best;
          }
          right += best == label ? 1 : 0;
          loss -= Math.log(Math.max(p[label], Float.MIN_NORMAL));
        }
        done += batch.size();
        progress.at(done, images.size());
      }
    }
    return new Metrics(done, loss / done, (double) right / done);
  }

  /// A model or data of another kind is refused by name: training on would give a number, and no
  /// sense.
  private float[] values(GlobalModel global) throws TrainingException {
    if (!global.architecture().equals(ARCHITECTURE) || !global.tensors().layout().equals(LAYOUT)) {
      throw new TrainingException(
          "architecture: %s (expected: %s)".formatted(global.architecture(), ARCHITECTURE));
    }
    if (!images.exampleShape().equals(List.of(28, 28))
        || !(images.target() instanceof Target.Classes(int count, int perExample))
        || count > CLASSES
        || perExample != 1) {
      throw new TrainingException(
          "shape of an example: %s with %s (expected: [28, 28] with 10 classes)"
              .formatted(images.exampleShape(), images.target()));
    }
    float[] values = new float[(int) LAYOUT.parameters()];
    global.tensors().read(0, values, values.length);
    return values;
  }

  @Override
  public void close() {
    images.close();
  }
}
