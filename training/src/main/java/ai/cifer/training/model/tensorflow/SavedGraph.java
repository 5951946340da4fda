package ai.cifer.training.model.tensorflow;

import ai.cifer.training.model.ProtoMessage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What `saved_model.pb` says of a graph, beside the graph itself: `SavedModel.meta_graphs = 2`,
/// `MetaGraphDef.signature_def = 5`, `.object_graph_def = 7`, `SavedObjectGraph.nodes = 1`,
/// `SavedObject.children = 1`, `.variable = 7`, `SavedVariable.trainable = 3`.
///
/// @param signatures without TensorFlow's own, whose names begin with `__`
/// @see <a
///   href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/saved_object_graph.proto">saved_object_graph.proto</a>
record SavedGraph(List<Signature> signatures, List<Node> nodes) {

  private static final int MAX_SIGNATURES = 1 << 6;
  private static final int MAX_NODES = 1 << 17;

  /// Of all nodes together.
  private static final int MAX_CHILDREN = 1 << 18;

  private static final int MAX_NAMES_LENGTH = 16 << 20;

  /// An object of the tree that variables hang in.
  ///
  /// @param children numbers of nodes by their names here
  /// @param trainable of a variable, whether gradients change it
  record Node(Map<String, Integer> children, Optional<Boolean> trainable) {}

  static SavedGraph read(ProtoMessage root) throws IOException {
    ProtoMessage graph = null;
    for (int field = root.next(); field != 0; field = root.next()) {
      if (field == 2) {
        if (graph != null) {
          throw new IOException("graphs: two (expected: one)");
        }
        graph = root.message();
      }
    }
    if (graph == null) {
      throw new IOException("graphs: none (expected: a SavedModel of TensorFlow)");
    }
    var tree = new Tree();
    List<Signature> signatures = new ArrayList<>();
    for (int field = graph.next(); field != 0; field = graph.next()) {
      if (field == 5) {
        signature(graph.message()).ifPresent(signatures::add);
      } else if (field == 7) {
        tree.read(graph.message());
      }
      if (signatures.size() > MAX_SIGNATURES) {
        throw new IOException("signatures: more than %d".formatted(MAX_SIGNATURES));
      }
    }
    signatures.sort((one, other) -> one.name().compareTo(other.name()));
    return new SavedGraph(signatures, tree.nodes);
  }

  private static Optional<Signature> signature(ProtoMessage entry) throws IOException {
    String name = "";
    ProtoMessage value = null;
    for (int field = entry.next(); field != 0; field = entry.next()) {
      if (field == 1) {
        name = entry.text();
      } else if (field == 2) {
        value = entry.message();
      }
    }
    return name.startsWith("__") || value == null
        ? Optional.empty()
        : Optional.of(Signature.read(name, value));
  }

  /// Reads the tree of objects, and bounds all of it together.
  private static final class Tree {
    private final List<Node> nodes = new ArrayList<>();
    private int children;
    private long namesLength;

    void read(ProtoMessage graph) throws IOException {
      for (int field = graph.next(); field != 0; field = graph.next()) {
        if (field == 1) {
          nodes.add(node(graph.message()));
        }
        if (nodes.size() > MAX_NODES || children > MAX_CHILDREN || namesLength > MAX_NAMES_LENGTH) {
          throw new IOException(
              "objects: %d with %d children (expected: at most %d with %d)"
                  .formatted(nodes.size(), children, MAX_NODES, MAX_CHILDREN));
        }
      }
    }

    private Node node(ProtoMessage object) throws IOException {
      Map<String, Integer> found = Map.of();
      Optional<Boolean> trainable = Optional.empty();
      for (int field = object.next(); field != 0; field = object.next()) {
        if (field == 1 && children <= MAX_CHILDREN && namesLength <= MAX_NAMES_LENGTH) {
          found = found.isEmpty() ? new HashMap<>() : found;
          child(object.message(), found);
        } else if (field == 7) {
          trainable = Optional.of(isTrainable(object.message()));
        }
      }
      return new Node(found, trainable);
    }

    private void child(ProtoMessage reference, Map<String, Integer> found) throws IOException {
      String name = "";
      long node = 0;
      for (int field = reference.next(); field != 0; field = reference.next()) {
        if (field == 1) {
          node = reference.number();
        } else if (field == 2) {
          name = reference.text();
        }
      }
      children++;
      namesLength += name.length();
      if (node >= 0 && node < MAX_NODES) {
        found.put(name, (int) node);
      }
    }

    private static boolean isTrainable(ProtoMessage variable) throws IOException {
      boolean trainable = false;
      for (int field = variable.next(); field != 0; field = variable.next()) {
        trainable |= field == 3 && variable.number() != 0;
      }
      return trainable;
    }
  }

  /// Whether gradients change no variable of this name, the path to it through the tree. A name
  /// that is not found there counts as trained.
  boolean isBuffer(String name) {
    int node = 0;
    for (String step : name.split("/", -1)) {
      // In names of checkpoints a dot is an escape.
      String child = step.replace(".S", "/").replace("..", ".");
      Integer next = node < nodes.size() ? nodes.get(node).children().get(child) : null;
      if (next == null) {
        return false;
      }
      node = next;
    }
    return node < nodes.size() && nodes.get(node).trainable().filter(learns -> !learns).isPresent();
  }
}
