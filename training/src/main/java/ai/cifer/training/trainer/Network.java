package ai.cifer.training.trainer;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.TrainingException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/// A network with values in the engine's memory.
interface Network extends AutoCloseable {

  /// The outputs before a final softmax or sigmoid, if it has one.
  ///
  /// @param batch owns whatever is computed
  /// @param features `size` examples
  /// @param chance draws what is left out in training; null in evaluation
  /// @throws TrainingException if the examples do not fit
  NDArray scores(
      NDManager batch,
      float[] features,
      int size,
      @org.jspecify.annotations.Nullable RandomGenerator chance)
      throws TrainingException;

  /// What the model's own framework gives in inference: the scores, unless a softmax or sigmoid was
  /// left out of them.
  default NDArray outputs(NDManager batch, float[] features, int size) throws TrainingException {
    return scores(batch, features, size, null);
  }

  /// What gradients change, by the names of the model.
  Map<String, PtNDArray> weights();

  /// The names of the tensors that no gradient changes.
  Set<String> buffers();

  /// Fixes the values of buffers as they are now, before [#value] is asked for them.
  default void settle() throws TrainingException {}

  /// The present values of a tensor of the model, in the order in which the model has them.
  float[] value(String name);

  @Override
  void close();

  /// What has changed since `start`: the values of this network less those.
  ///
  /// @return in the layout of `start`, owned by the caller
  default Tensors changeSince(Tensors start) {
    ModelLayout layout = start.layout();
    Tensors change = Tensors.allocate(layout);
    for (int i = 0; i < layout.tensors().size(); i++) {
      float[] now = value(layout.tensors().get(i).name());
      float[] before = start.values(i);
      for (int j = 0; j < now.length; j++) {
        now[j] -= before[j];
      }
      change.write(layout.offset(i), now, now.length);
    }
    return change;
  }

  /// @throws TrainingException unless `found` has exactly the tensors of `expected`, in any order
  static void requireTensors(String network, ModelLayout found, ModelLayout expected)
      throws TrainingException {
    Map<String, List<Integer>> shapes = shapes(found);
    for (var entry : shapes(expected).entrySet()) {
      List<Integer> shape = shapes.get(entry.getKey());
      if (!entry.getValue().equals(shape)) {
        throw new TrainingException(
            "shape of tensor %s: %s (expected for %s: %s)"
                .formatted(
                    entry.getKey(), shape == null ? "missing" : shape, network, entry.getValue()));
      }
    }
    if (shapes.size() != expected.tensors().size()) {
      throw new TrainingException(
          "tensors: %s (expected for %s: %s)"
              .formatted(shapes.keySet(), network, shapes(expected).keySet()));
    }
  }

  private static Map<String, List<Integer>> shapes(ModelLayout layout) {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    layout.tensors().forEach(tensor -> shapes.put(tensor.name(), tensor.shape()));
    return shapes;
  }

  static Shape shape(List<Integer> dimensions) {
    return new Shape(dimensions.stream().mapToLong(Integer::longValue).toArray());
  }

  /// The shape of a batch whose examples have `shape`, where -1 stands for what is left over.
  ///
  /// @throws TrainingException if `values` do not fit
  static Shape batch(String network, List<Integer> shape, int size, int values)
      throws TrainingException {
    long known = size;
    int open = -1;
    long[] dimensions = new long[shape.size() + 1];
    dimensions[0] = size;
    for (int i = 0; i < shape.size(); i++) {
      dimensions[i + 1] = shape.get(i);
      if (shape.get(i) < 0 && open < 0) {
        open = i + 1;
      } else {
        known *= shape.get(i);
      }
    }
    if (open >= 0 && known > 0) {
      dimensions[open] = values / known;
      known *= dimensions[open];
    }
    if (known != values) {
      throw new TrainingException(
          "an example: %d values (expected for %s: shape %s)"
              .formatted(values / size, network, shape));
    }
    return new Shape(dimensions);
  }

  /// Whether `example` is `[channels, height, width]` where the network takes `[height, width,
  /// channels]`: that order is what folders of images have.
  static boolean isChannelsFirst(List<Integer> example, List<Integer> input) {
    return example.size() == 3
        && input.size() == 3
        && input.getLast() > 1
        && example.getFirst().equals(input.getLast())
        && fits(example.get(1), input.get(0))
        && fits(example.get(2), input.get(1))
        && !(fits(example.get(0), input.get(0)) && example.getLast().equals(input.getLast()));
  }

  private static boolean fits(int size, int wanted) {
    return wanted < 0 || size == wanted;
  }

  /// The first tensor of `layout` that is called `name`.
  static int index(ModelLayout layout, String name) {
    List<TensorSpec> tensors = layout.tensors();
    for (int i = 0; i < tensors.size(); i++) {
      if (tensors.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalStateException("the tensors were checked: " + name);
  }
}
