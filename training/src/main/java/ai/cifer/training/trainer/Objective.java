package ai.cifer.training.trainer;

import ai.cifer.fedlearn.train.Dataset.Batch;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.Target;
import ai.cifer.fedlearn.train.Target.Classes;
import ai.cifer.fedlearn.train.Target.Numbers;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.TrainOptions.Loss;
import ai.cifer.fedlearn.train.TrainingException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/// What is made small in training and measured in evaluation.
///
/// Sequences with a label at each position, as in language modelling, count as that many labels.
final class Objective {

  private final Target target;
  private final TrainOptions options;

  /// @throws TrainingException if the loss does not fit what is learnt
  Objective(Target target, TrainOptions options) throws TrainingException {
    this.target = target;
    this.options = options;
    boolean classes = target instanceof Classes;
    boolean fits =
        switch (options.loss()) {
          case AUTO -> true;
          case CROSS_ENTROPY -> classes;
          case MEAN_SQUARED_ERROR, MEAN_ABSOLUTE_ERROR -> !classes;
        };
    if (!fits) {
      throw new TrainingException(
          "loss: %s (expected: one for %s)"
              .formatted(options.loss(), classes ? "classes" : "numbers"));
    }
    int weights = options.classWeights().size();
    if (weights > 0 && !(target instanceof Classes(int count, int _) && count <= weights)) {
      throw new TrainingException(
          "class_weights: %d (expected: one for each class of %s)".formatted(weights, target));
    }
  }

  /// The loss of a batch, one number.
  NDArray loss(NDManager manager, NDArray scores, Batch batch) throws TrainingException {
    return switch (target) {
      case Classes _ -> crossEntropy(manager, classScores(scores, batch), batch);
      case Numbers _ -> {
        NDArray apart = numbers(scores, batch).sub(wanted(manager, batch));
        yield (options.loss() == Loss.MEAN_ABSOLUTE_ERROR ? apart.abs() : apart.square()).mean();
      }
    };
  }

  /// `-weight / total weight` at the label of each row: its product with log-probabilities sums to
  /// the loss.
  private NDArray crossEntropy(NDManager manager, NDArray scores, Batch batch) {
    int classes = (int) scores.getShape().get(1);
    float[] values = new float[batch.labels().length * classes];
    double total = 0;
    for (int label : batch.labels()) {
      total += weight(label);
    }
    for (int i = 0; i < batch.labels().length; i++) {
      int label = batch.labels()[i];
      values[i * classes + label] = (float) (-weight(label) / total);
    }
    NDArray selected = manager.create(values, new Shape(batch.labels().length, classes));
    return scores.logSoftmax(-1).mul(selected).sum();
  }

  private double weight(int label) {
    List<Double> weights = options.classWeights();
    return weights.isEmpty() ? 1 : weights.get(label);
  }

  /// Scores as `[labels, classes]`.
  private NDArray classScores(NDArray scores, Batch batch) throws TrainingException {
    int labels = batch.labels().length;
    long all = scores.getShape().size();
    int known = target instanceof Classes(int count, int _) ? count : 0;
    if (labels == 0 || all % labels != 0) {
      throw unfit(scores);
    }
    long classes = all / labels;
    if (classes == 1 && known <= 2) {
      // One number is the score of class 1 against 0: a sigmoid is a softmax of both.
      NDArray one = scores.reshape(labels, 1);
      return one.zerosLike().concat(one, 1);
    }
    if (classes < known) {
      throw new TrainingException(
          "labels of the data: 0 to %d (expected: 0 to %d, as many classes as the network has outputs)"
              .formatted(known - 1, classes - 1));
    }
    return scores.reshape(labels, classes);
  }

  private NDArray numbers(NDArray scores, Batch batch) throws TrainingException {
    if (scores.getShape().size() != batch.targets().length) {
      throw unfit(scores);
    }
    return scores.reshape(batch.targets().length);
  }

  private static NDArray wanted(NDManager manager, Batch batch) {
    return manager.create(batch.targets(), new Shape(batch.targets().length));
  }

  private TrainingException unfit(NDArray scores) {
    return new TrainingException(
        "outputs of the network: shape %s (expected: those for %s)"
            .formatted(scores.getShape(), target));
  }

  /// Adds up the quality over batches, in double precision and in stored order.
  Tally tally() {
    return new Tally();
  }

  final class Tally {
    private long examples;
    private long counted;
    private long hits;
    private double loss;

    void add(NDArray scores, Batch batch) throws TrainingException {
      examples += batch.size();
      switch (target) {
        case Classes _ -> {
          NDArray rows = classScores(scores, batch);
          classes(rows.toFloatArray(), (int) rows.getShape().get(1), batch.labels());
        }
        case Numbers _ -> {
          float[] found = numbers(scores, batch).toFloatArray();
          for (int i = 0; i < found.length; i++) {
            double apart = (double) found[i] - batch.targets()[i];
            loss += options.loss() == Loss.MEAN_ABSOLUTE_ERROR ? Math.abs(apart) : apart * apart;
          }
          counted += found.length;
        }
      }
    }

    private void classes(float[] outputs, int classes, int[] labels) {
      for (int i = 0; i < labels.length; i++) {
        int from = i * classes;
        int largest = 0;
        for (int c = 1; c < classes; c++) {
          largest = outputs[from + c] > outputs[from + largest] ? c : largest;
        }
        // Relative to the largest, so that no exponential overflows.
        double sum = 0;
        for (int c = 0; c < classes; c++) {
          sum += StrictMath.exp((double) outputs[from + c] - outputs[from + largest]);
        }
        loss += StrictMath.log(sum) + outputs[from + largest] - outputs[from + labels[i]];
        // Of outputs that are not finite none is the largest.
        hits += largest == labels[i] && Double.isFinite(sum) ? 1 : 0;
        counted++;
      }
    }

    long examples() {
      return examples;
    }

    /// The accuracy of what is no classification is 0.
    Metrics metrics() {
      return new Metrics(examples, loss / counted, (double) hits / counted);
    }
  }
}
