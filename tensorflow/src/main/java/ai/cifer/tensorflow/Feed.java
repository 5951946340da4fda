package ai.cifer.tensorflow;

import ai.cifer.fedlearn.train.Dataset.Batch;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.model.tensorflow.Signature;
import ai.cifer.training.model.tensorflow.Signature.Port;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/// Batches as the inputs of a signature, by their names.
///
/// | input | what it gets |
/// | --- | --- |
/// | `x` | the examples |
/// | `y` | their classes or numbers |
/// | `learning_rate` | float32, one number; may be missing |
/// | `seed` | int64, one number, another one for each batch; may be missing |
final class Feed {

  private static final List<String> NAMES = List.of("x", "y", "learning_rate", "seed");

  private final Signature signature;
  private final List<Integer> example;
  private final int targets;

  /// @param example the shape of an example
  /// @param targets numbers or classes of an example
  /// @throws TrainingException if the signature wants something else, or other examples
  Feed(Signature signature, List<Integer> example, int targets) throws TrainingException {
    this.signature = signature;
    this.example = List.copyOf(example);
    this.targets = targets;
    for (String name : signature.inputs().keySet()) {
      if (!NAMES.contains(name)) {
        throw new TrainingException(
            "signature %s: input %s (expected: of %s)".formatted(signature.name(), name, NAMES));
      }
    }
    for (String name : NAMES.subList(0, 2)) {
      if (!signature.inputs().containsKey(name)) {
        throw new TrainingException(
            "signature %s: no input %s (expected: x, y; it has %s)"
                .formatted(signature.name(), name, signature.inputs().keySet()));
      }
    }
    shape("x", port("x"), 1, values(example));
    shape("y", port("y"), 1, targets);
  }

  private static int values(List<Integer> shape) {
    return shape.stream().reduce(1, Math::multiplyExact);
  }

  private Port port(String name) {
    return java.util.Objects.requireNonNull(signature.inputs().get(name));
  }

  /// The inputs for a batch; whoever gets them closes them.
  Map<String, Tensor> of(Batch batch, double learningRate, long seed) throws TrainingException {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    try {
      inputs.put("x", tensor("x", ordered(batch), batch.size()));
      float[] wanted = batch.targets();
      if (wanted.length == 0) {
        wanted = new float[batch.labels().length];
        for (int i = 0; i < wanted.length; i++) {
          wanted[i] = batch.labels()[i];
        }
      }
      inputs.put("y", tensor("y", wanted, batch.size()));
      if (signature.inputs().containsKey("learning_rate")) {
        inputs.put("learning_rate", TFloat32.scalarOf((float) learningRate));
      }
      if (signature.inputs().containsKey("seed")) {
        inputs.put("seed", TInt64.scalarOf(seed));
      }
      return inputs;
    } catch (TrainingException | RuntimeException failure) {
      inputs.values().forEach(Tensor::close);
      throw failure;
    }
  }

  /// A fraction would be cut to another number without a word, and a missing value to 0.
  private static float whole(String name, float value, long most) throws TrainingException {
    if (value != Math.rint(value) || Math.abs(value) > most) {
      throw new TrainingException(
          "%s: %s (expected: a whole number, as the signature takes them)".formatted(name, value));
    }
    return value;
  }

  private Tensor tensor(String name, float[] values, int size) throws TrainingException {
    Port port = port(name);
    Shape shape = shape(name, port, size, values.length);
    return switch (port.type()) {
      case "float32" -> TFloat32.tensorOf(shape, DataBuffers.of(values));
      case "int32" -> {
        int[] whole = new int[values.length];
        for (int i = 0; i < whole.length; i++) {
          whole[i] = (int) whole(name, values[i], Integer.MAX_VALUE);
        }
        yield TInt32.tensorOf(shape, DataBuffers.of(whole));
      }
      case "int64" -> {
        long[] whole = new long[values.length];
        for (int i = 0; i < whole.length; i++) {
          whole[i] = (long) whole(name, values[i], Long.MAX_VALUE);
        }
        yield TInt64.tensorOf(shape, DataBuffers.of(whole));
      }
      default ->
          throw new TrainingException(
              "signature %s: %s is %s (expected: float32, int32 or int64)"
                  .formatted(signature.name(), name, port.type()));
    };
  }

  /// What the port says, where one size may be open beside the number of examples.
  private Shape shape(String name, Port port, int size, int values) throws TrainingException {
    List<Integer> wanted = port.shape();
    List<Integer> own = name.equals("x") ? example : targets == 1 ? List.of() : List.of(targets);
    List<Long> found = new ArrayList<>(List.of((long) size));
    long known = size;
    int open = 0;
    for (int i = 1; i < wanted.size(); i++) {
      long dimension = wanted.get(i);
      if (dimension < 0 && wanted.size() == own.size() + 1) {
        dimension = own.get(i - 1);
      }
      if (dimension < 0) {
        open = open == 0 ? i : -1;
      } else {
        known *= dimension;
      }
      found.add(dimension);
    }
    if (open > 0 && known > 0) {
      found.set(open, values / known);
      known *= values / known;
    }
    if (wanted.isEmpty() || open < 0 || known != values) {
      throw new TrainingException(
          "signature %s: %s has the shape %s (expected: [-1, ...] that takes examples of %s)"
              .formatted(signature.name(), name, wanted, own));
    }
    return Shape.of(found.stream().mapToLong(Long::longValue).toArray());
  }

  /// Colours that come channel by channel, as those of folders of images do, are brought behind one
  /// another for a graph that has channels last.
  private float[] ordered(Batch batch) {
    List<Integer> wanted = port("x").shape();
    boolean turned =
        example.size() == 3
            && wanted.size() == 4
            && example.getFirst() > 1
            && wanted.getLast().equals(example.getFirst())
            && !example.getLast().equals(example.getFirst());
    if (!turned) {
      return batch.features();
    }
    int channels = example.getFirst();
    int pixels = example.get(1) * example.get(2);
    float[] last = new float[batch.features().length];
    for (int i = 0; i < last.length; i++) {
      int image = i / (channels * pixels);
      int channel = i % channels;
      int pixel = i / channels % pixels;
      last[i] = batch.features()[(image * channels + channel) * pixels + pixel];
    }
    return last;
  }
}
