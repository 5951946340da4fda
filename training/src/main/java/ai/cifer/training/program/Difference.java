package ai.cifer.training.program;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.TrainerFailed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a program changed: `local - global`, tensor by tensor, in ranges, so that it costs no heap
/// in the size of the model.
final class Difference {

  private static final int CHUNK = 1 << 16;

  private Difference() {}

  /// Whether `local` has the tensors of `global`, in whatever order.
  ///
  /// @throws TrainerFailed if not; the message names the first that differs
  static void requireSame(ModelLayout global, ModelLayout local) throws TrainerFailed {
    Map<String, TensorSpec> own = new HashMap<>();
    local.tensors().forEach(tensor -> own.put(tensor.name(), tensor));
    for (TensorSpec tensor : global.tensors()) {
      TensorSpec found = own.remove(tensor.name());
      if (found == null || !found.shape().equals(tensor.shape())) {
        throw new TrainerFailed(
            "tensor %s of its model: %s (expected: %s, as in the global model)"
                .formatted(
                    tensor.name(), found == null ? "missing" : found.shape(), tensor.shape()));
      }
    }
    if (!own.isEmpty()) {
      throw new TrainerFailed(
          "tensor %s of its model: not in the global model (expected: only %s)"
              .formatted(
                  own.keySet().stream().sorted().findFirst().orElseThrow(),
                  Excerpt.of(global.tensors().stream().map(TensorSpec::name).toList().toString())));
    }
  }

  /// @param shared the names of tensors that differ; of the others the difference is zero
  /// @param folder where a large one is mapped
  static Tensors of(Tensors global, Tensors local, Set<String> shared, Path folder)
      throws IOException {
    ModelLayout layout = global.layout();
    Tensors delta = Scratch.create(layout, folder);
    try {
      int[] places = places(layout, local.layout());
      for (int i = 0; i < places.length; i++) {
        TensorSpec tensor = layout.tensors().get(i);
        if (shared.contains(tensor.name())) {
          subtract(
              local, local.layout().offset(places[i]), global, layout.offset(i), tensor, delta);
        }
      }
      return delta;
    } catch (RuntimeException failure) {
      delta.close();
      throw failure;
    }
  }

  private static void subtract(
      Tensors local, long from, Tensors global, long at, TensorSpec tensor, Tensors delta) {
    float[] mine = new float[(int) Math.min(CHUNK, tensor.size())];
    float[] all = new float[mine.length];
    for (long done = 0; done < tensor.size(); done += mine.length) {
      int count = (int) Math.min(mine.length, tensor.size() - done);
      local.read(from + done, mine, count);
      global.read(at + done, all, count);
      for (int i = 0; i < count; i++) {
        mine[i] -= all[i];
      }
      delta.write(at + done, mine, count);
    }
  }

  /// Where in `other` each tensor of `layout` is.
  static int[] places(ModelLayout layout, ModelLayout other) {
    List<String> names = new ArrayList<>();
    other.tensors().forEach(tensor -> names.add(tensor.name()));
    Map<String, Integer> index = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      index.put(names.get(i), i);
    }
    return layout.tensors().stream().mapToInt(tensor -> index.get(tensor.name())).toArray();
  }
}
