package ai.cifer.fedlearn.train;

import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import java.util.List;

/// How good the model that a round began with is on the data of its clients: a mean over them,
/// opened with the sum of their updates. Nobody learns the figures of one client.
///
/// @param loss mean per example; that of a client counts as [#MAX_LOSS] at most
/// @param accuracy 0 to 1
/// @param spread the standard deviation of the accuracy over clients, weighted as the mean is
public record ClientFigures(double loss, double accuracy, double spread) {

  /// A larger loss is cut.
  public static final float MAX_LOSS = 64;

  /// What is sent: loss, accuracy, and its square, from which the spread comes.
  static final List<TensorSpec> TENSORS =
      List.of(
          new TensorSpec("~evaluated.loss", List.of()),
          new TensorSpec("~evaluated.accuracy", List.of()),
          new TensorSpec("~evaluated.square", List.of()));

  /// The clips of what is sent.
  public static final List<Float> CLIPS = List.of(MAX_LOSS, 1f, 1f);

  /// Writes what a client measured behind everything else that it sends.
  public static void write(Metrics metrics, Tensors sent) {
    float accuracy = (float) metrics.accuracy();
    // Of a model that is no model any more the loss is no number.
    float loss =
        Double.isFinite(metrics.loss()) ? (float) Math.min(MAX_LOSS, metrics.loss()) : MAX_LOSS;
    float[] numbers = {loss, accuracy, accuracy * accuracy};
    sent.write(sent.layout().parameters() - numbers.length, numbers, numbers.length);
  }

  /// Reads the mean of what clients wrote.
  public static ClientFigures read(Tensors mean) {
    float[] numbers = new float[3];
    mean.read(mean.layout().parameters() - numbers.length, numbers, numbers.length);
    double variance = numbers[2] - (double) numbers[1] * numbers[1];
    return new ClientFigures(numbers[0], numbers[1], Math.sqrt(Math.max(0, variance)));
  }
}
