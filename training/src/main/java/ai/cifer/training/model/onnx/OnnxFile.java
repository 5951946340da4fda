package ai.cifer.training.model.onnx;

import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.training.model.ElementType;
import ai.cifer.training.model.PlacedModel;
import ai.cifer.training.model.PlacedTensor;
import ai.cifer.training.model.ProtoMessage;
import ai.cifer.training.model.RewrittenFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// A file of ONNX: the places of the initializers of its graph, and what names the graph.
///
/// Numbers of the fields are those of onnx.proto: `ModelProto.graph = 7`, `GraphProto.node = 1`,
/// `.initializer = 5`, `.output = 12`, `NodeProto.output = 2`, `.op_type = 4`.
///
/// @param model its tensors, under the architecture `onnx:DIGEST`
/// @param digest SHA-256 of the file without the values of its trainable tensors: trained or not, a
///   graph has the same
/// @param last the operator that the first output comes from
/// @see <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a>
public record OnnxFile(PlacedModel model, String digest, Optional<String> last) {

  /// How the architecture of such a model begins.
  public static final String PREFIX = "onnx:";

  private static final int MAX_TENSORS = 1 << 15;

  /// @throws IOException if it is malformed, or its tensors lie in other files
  public static OnnxFile read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      ForeignValues.requireNone(ProtoMessage.of(bytes));
      var graph = new Graph(file);
      graph.read(graph(bytes));
      String digest = digest(bytes, graph.tensors);
      return new OnnxFile(
          new PlacedModel(PREFIX + digest, graph.tensors), digest, graph.last(graph(bytes)));
    }
  }

  private static ProtoMessage graph(MemorySegment bytes) throws IOException {
    ProtoMessage root = ProtoMessage.of(bytes);
    ProtoMessage found = null;
    for (int field = root.next(); field != 0; field = root.next()) {
      if (field == 7) {
        if (found != null) {
          throw new IOException("graph: two (expected: one)");
        }
        found = root.message();
      }
    }
    if (found == null) {
      throw new IOException("graph: none (expected: a model of ONNX)");
    }
    return found;
  }

  private static String digest(MemorySegment bytes, List<PlacedTensor> tensors) throws IOException {
    List<PlacedTensor> values =
        tensors.stream()
            .filter(PlacedTensor::isTrainable)
            .sorted(Comparator.comparingLong(PlacedTensor::offset))
            .toList();
    MessageDigest sha = sha256();
    long at = 0;
    for (PlacedTensor tensor : values) {
      if (tensor.offset() < at) {
        throw new IOException("tensor %s: overlaps another".formatted(tensor.name()));
      }
      update(sha, bytes, at, tensor.offset());
      at = tensor.end();
    }
    update(sha, bytes, at, bytes.byteSize());
    return HexFormat.of().formatHex(sha.digest());
  }

  private static void update(MessageDigest sha, MemorySegment bytes, long from, long to) {
    if (to > from) {
      sha.update(bytes.asSlice(from, to - from).asByteBuffer());
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every Java platform has SHA-256", missing);
    }
  }

  /// Writes this file with other values.
  public void rewrite(Path original, Tensors values, Path target) throws IOException {
    RewrittenFile.write(original, target, draft -> model.replace(values, _ -> draft));
  }

  /// What is read of a `GraphProto`; graphs inside of its nodes are passed over.
  private static final class Graph {
    private final Path file;
    private final List<PlacedTensor> tensors = new ArrayList<>();
    private String output = "";

    Graph(Path file) {
      this.file = file;
    }

    void read(ProtoMessage graph) throws IOException {
      for (int field = graph.next(); field != 0; field = graph.next()) {
        switch (field) {
          case 5 -> tensors.add(Initializer.read(graph.message()).place(file));
          case 12 -> output = output.isEmpty() ? name(graph.message()) : output;
          default -> {
            // Nodes, names, types and documentation.
          }
        }
        if (tensors.size() > MAX_TENSORS) {
          throw new IOException("graph: more than %d tensors".formatted(MAX_TENSORS));
        }
      }
    }

    private static String name(ProtoMessage value) throws IOException {
      for (int field = value.next(); field != 0; field = value.next()) {
        if (field == 1) {
          return value.text();
        }
      }
      throw new IOException("output: without a name");
    }

    /// The operator of the node that the output comes from, found in a second pass: a graph may
    /// have any number of nodes.
    Optional<String> last(ProtoMessage graph) throws IOException {
      for (int field = graph.next(); field != 0; field = graph.next()) {
        if (field == 1) {
          ProtoMessage node = graph.message();
          boolean found = false;
          String type = "";
          for (int part = node.next(); part != 0; part = node.next()) {
            found |= part == 2 && node.text().equals(output);
            type = part == 4 ? node.text() : type;
          }
          if (found) {
            return Optional.of(type);
          }
        }
      }
      return Optional.empty();
    }
  }

  /// A `TensorProto`: `dims = 1`, `data_type = 2`, `float_data = 4`, `name = 8`, `raw_data = 9`,
  /// `double_data = 10`.
  private static final class Initializer {
    private final List<Integer> shape = new ArrayList<>();
    private String name = "";
    private long type;
    private long start = -1;
    private long length;

    static Initializer read(ProtoMessage tensor) throws IOException {
      var read = new Initializer();
      for (int field = tensor.next(); field != 0; field = tensor.next()) {
        switch (field) {
          case 1 -> read.dimensions(tensor.numbers());
          case 2 -> read.type = tensor.number();
          case 4, 5, 7, 9, 10, 11 -> read.data(field, tensor);
          case 8 -> read.name = tensor.text();
          default -> {
            // Documentation and segments, which nobody writes.
          }
        }
      }
      return read;
    }

    private void dimensions(ProtoMessage.Numbers numbers) throws IOException {
      while (numbers.hasNext()) {
        long dimension = numbers.next();
        if (dimension < 0 || dimension > Integer.MAX_VALUE || shape.size() == TensorSpec.MAX_RANK) {
          throw new IOException("shape of %s: %s, %d".formatted(name, shape, dimension));
        }
        shape.add((int) dimension);
      }
    }

    private void data(int field, ProtoMessage tensor) throws IOException {
      // Raw bytes lie as they are. Of numbers the floating ones do where they are packed; integers
      // are varints, which are not values that a federation trains.
      boolean places = field == 9 || ((field == 4 || field == 10) && tensor.isBytes());
      if (start >= 0 || (!places && (field == 4 || field == 10))) {
        throw new IOException("values of %s: in several pieces (expected: one)".formatted(name));
      }
      start = places ? tensor.start() : -1;
      length = places ? tensor.length() : 0;
    }

    PlacedTensor place(Path file) throws IOException {
      ElementType element = element();
      PlacedTensor placed = PlacedTensor.dense(name, element, shape, file, Math.max(0, start));
      if (!placed.isTrainable()) {
        return placed;
      }
      if (start < 0) {
        throw new IOException(
            "values of %s: %s as integers (expected: raw bytes)".formatted(name, element.title()));
      }
      placed.requireWithin(start, start + length);
      if (placed.end() != start + length) {
        throw new IOException(
            "values of %s: %d bytes (expected: %d for %s)"
                .formatted(name, length, placed.end() - start, shape));
      }
      return placed;
    }

    private ElementType element() throws IOException {
      return switch (Math.clamp(type, 0, 99)) {
        case 1 -> ElementType.FLOAT32;
        case 2 -> ElementType.UINT8;
        case 3 -> ElementType.INT8;
        case 4 -> ElementType.UINT16;
        case 5 -> ElementType.INT16;
        case 6 -> ElementType.INT32;
        case 7 -> ElementType.INT64;
        case 9 -> ElementType.BOOL;
        case 10 -> ElementType.FLOAT16;
        case 11 -> ElementType.FLOAT64;
        case 12 -> ElementType.UINT32;
        case 13 -> ElementType.UINT64;
        case 14 -> ElementType.COMPLEX64;
        case 16 -> ElementType.BFLOAT16;
        case 17 -> ElementType.FLOAT8_E4M3;
        case 19 -> ElementType.FLOAT8_E5M2;
        case 24 -> ElementType.FLOAT8_E8M0;
        default ->
            throw new IOException(
                "data_type of %s: %d (expected: numbers of whole bytes)".formatted(name, type));
      };
    }
  }
}
