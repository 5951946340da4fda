package ai.cifer.training.model.tensorflow;

import ai.cifer.training.model.ProtoMessage;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A computation that a SavedModel offers by name. Fields of `SignatureDef`: `inputs = 1`, `outputs
/// = 2`, maps of `TensorInfo`: `name = 1`, `dtype = 2`, `tensor_shape = 3`.
///
/// @see <a
///   href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/meta_graph.proto">meta_graph.proto</a>
public record Signature(String name, Map<String, Port> inputs, Map<String, Port> outputs) {

  private static final int MAX_PORTS = 1 << 9;

  /// An input or output.
  ///
  /// @param type as numpy calls it
  /// @param shape dimensions, -1 for any size
  public record Port(String type, List<Integer> shape) {
    public Port {
      shape = List.copyOf(shape);
    }
  }

  public Signature {
    inputs = new TreeMap<>(inputs);
    outputs = new TreeMap<>(outputs);
  }

  static Signature read(String name, ProtoMessage message) throws IOException {
    Map<String, Port> inputs = new TreeMap<>();
    Map<String, Port> outputs = new TreeMap<>();
    for (int field = message.next(); field != 0; field = message.next()) {
      if (field == 1 || field == 2) {
        add(field == 1 ? inputs : outputs, message.message());
      }
      if (inputs.size() > MAX_PORTS || outputs.size() > MAX_PORTS) {
        throw new IOException("signature %s: more than %d inputs".formatted(name, MAX_PORTS));
      }
    }
    return new Signature(name, inputs, outputs);
  }

  private static void add(Map<String, Port> ports, ProtoMessage entry) throws IOException {
    String name = "";
    Port port = new Port("unknown", List.of());
    for (int field = entry.next(); field != 0; field = entry.next()) {
      if (field == 1) {
        name = entry.text();
      } else if (field == 2) {
        port = port(entry.message());
      }
    }
    ports.put(name, port);
  }

  private static Port port(ProtoMessage info) throws IOException {
    long type = 0;
    List<Integer> shape = List.of();
    for (int field = info.next(); field != 0; field = info.next()) {
      if (field == 2) {
        type = info.number();
      } else if (field == 3) {
        shape = Shapes.open("an input", info.message());
      }
    }
    return new Port(DataTypes.title(type), shape);
  }

  /// For people: `train(x: float32 [-1, 30]) gives loss: float32 []`.
  @Override
  public String toString() {
    return "%s(%s) gives %s".formatted(name, ports(inputs), ports(outputs));
  }

  private static String ports(Map<String, Port> ports) {
    return ports.entrySet().stream()
        .map(port ->
            "%s: %s %s".formatted(port.getKey(), port.getValue().type(), port.getValue().shape()))
        .collect(Collectors.joining(", "));
  }
}
