package ai.cifer.training.trainer;

import ai.cifer.training.model.keras.KerasLayer;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// LSTM and GRU step by step, as Keras orders their gates [1, 2].
///
/// ```
/// LSTM  i, f, g, o = x K + h R + b;   c = f c + i g;   h = o tanh(c)
/// GRU   z, r = x K + h R + b;   g = tanh(x K + r (h R + b') + b)  or  tanh(x K + (r h) R + b);
///       h = z h + (1 - z) g
/// ```
///
/// @see <a href="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/rnn/lstm.py">[1]
///   Keras: LSTMCell</a>
/// @see <a href="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/rnn/gru.py">[2]
///   Keras: GRUCell</a>
final class KerasRecurrence {

  private final KerasLayer layer;
  private final NDManager batch;
  private final int units;
  private final NDArray kernel;
  private final NDArray recurrent;
  private final @Nullable NDArray bias;
  private final String activation;
  private final String gate;

  KerasRecurrence(KerasGraph graph, KerasLayer layer, NDManager batch) {
    this.layer = layer;
    this.batch = batch;
    units = layer.settings().path("units").asInt(0);
    kernel = graph.weight(layer, "kernel");
    recurrent = graph.weight(layer, "recurrent_kernel");
    bias = layer.variables().contains("bias") ? graph.weight(layer, "bias") : null;
    activation = layer.text("activation", "tanh");
    gate = layer.text("recurrent_activation", "sigmoid");
  }

  /// @param in `[batch, time, features]`
  NDArray apply(NDArray in) {
    long size = in.getShape().get(0);
    List<NDArray> steps = new ArrayList<>();
    for (NDArray each : in.split(in.getShape().get(1), 1)) {
      steps.add(each.reshape(size, -1));
    }
    if (layer.flag("go_backwards", false)) {
      Collections.reverse(steps);
    }
    NDArray state = batch.zeros(new Shape(size, units));
    NDArray cell = batch.zeros(new Shape(size, units));
    NDList outputs = new NDList();
    for (NDArray step : steps) {
      if (layer.type().equals("LSTM")) {
        NDList gates = split(added(step.matMul(kernel).add(state.matMul(recurrent)), bias), 4);
        cell =
            activated(gate, gates.get(1))
                .mul(cell)
                .add(activated(gate, gates.get(0)).mul(activated(activation, gates.get(2))));
        state = activated(gate, gates.get(3)).mul(activated(activation, cell));
      } else {
        state = gru(step, state);
      }
      outputs.add(state.expandDims(1));
    }
    return layer.flag("return_sequences", false)
        ? ai.djl.ndarray.NDArrays.concat(outputs, 1)
        : state;
  }

  private NDArray gru(NDArray step, NDArray state) {
    boolean after = layer.flag("reset_after", true);
    NDArray own = bias == null ? null : after ? row(bias, 0) : bias;
    NDList x = split(added(step.matMul(kernel), own), 3);
    NDArray candidate;
    NDArray update;
    if (after) {
      NDList h = split(added(state.matMul(recurrent), bias == null ? null : row(bias, 1)), 3);
      update = activated(gate, x.get(0).add(h.get(0)));
      NDArray reset = activated(gate, x.get(1).add(h.get(1)));
      candidate = activated(activation, x.get(2).add(reset.mul(h.get(2))));
    } else {
      NDList parts = recurrent.split(new long[] {units, 2L * units}, 1);
      parts.attach(batch);
      update = activated(gate, x.get(0).add(state.matMul(parts.get(0))));
      NDArray reset = activated(gate, x.get(1).add(state.matMul(parts.get(1))));
      candidate = activated(activation, x.get(2).add(reset.mul(state).matMul(parts.get(2))));
    }
    // z h + (1 - z) g
    return update.mul(state).add(candidate.sub(update.mul(candidate)));
  }

  /// A weight's part would live as long as the weight.
  private NDArray row(NDArray both, int index) {
    NDList rows = both.split(2, 0);
    rows.attach(batch);
    return rows.get(index).reshape(-1);
  }

  private NDList split(NDArray gates, int count) {
    return gates.split(count, 1);
  }

  private static NDArray added(NDArray in, @Nullable NDArray bias) {
    return bias == null ? in : in.add(bias);
  }

  private static NDArray activated(String name, NDArray in) {
    return KerasActivations.apply(name, in);
  }
}
