package ai.cifer.training.model.tensorflow;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.model.PlacedModel;
import ai.cifer.training.model.ProtoMessage;
import ai.cifer.training.model.ReplacedFolder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A SavedModel of TensorFlow 2: a graph with signatures, and a checkpoint with its variables.
///
/// ```
/// saved_model.pb
/// assets/                                 files that the graph reads, such as vocabularies
/// variables/variables.index
/// variables/variables.data-00000-of-00001
/// ```
///
/// @param model its variables of numbers, under the architecture `savedmodel:DIGEST`
/// @param digest SHA-256 over `saved_model.pb` and the assets: trained or not, a graph has the same
/// @param signatures what can be asked of it
/// @see <a href="https://www.tensorflow.org/guide/saved_model">Using the SavedModel format</a>
public record SavedModelFolder(
    PlacedModel model, String digest, List<Signature> signatures, List<String> buffers) {

  /// How the architecture of such a model begins.
  public static final String PREFIX = "savedmodel:";

  private static final String GRAPH = "saved_model.pb";
  private static final String VARIABLES = "variables";
  private static final int MAX_DEPTH = 8;
  private static final int MAX_FILES = 1 << 14;

  /// A protobuf message cannot be larger.
  private static final long MAX_GRAPH_BYTES = Integer.MAX_VALUE;

  /// Whether a folder is one.
  static boolean isOne(Path folder) {
    return Files.isDirectory(folder) && Files.exists(folder.resolve(GRAPH));
  }

  /// @throws IOException if it is malformed, or its variables are not what their checksums say
  public static SavedModelFolder read(Path folder) throws IOException {
    return read(folder, checkpoint(folder));
  }

  private static Checkpoint checkpoint(Path folder) throws IOException {
    parts(folder);
    Path files = folder.resolve(VARIABLES);
    if (!Files.isDirectory(files)) {
      throw new IOException(
          "no folder %s (expected: a SavedModel with variables)".formatted(VARIABLES));
    }
    return Checkpoint.read(files.resolve(VARIABLES));
  }

  private static SavedModelFolder read(Path folder, Checkpoint checkpoint) throws IOException {
    Path file = folder.resolve(GRAPH);
    SavedGraph graph;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      if (channel.size() > MAX_GRAPH_BYTES) {
        throw new IOException(
            "%s: %d bytes (expected: < %d)".formatted(GRAPH, channel.size(), MAX_GRAPH_BYTES));
      }
      MemorySegment bytes = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      graph = SavedGraph.read(ProtoMessage.of(bytes));
    }
    String digest = digest(folder);
    PlacedModel model =
        new PlacedModel(
            PREFIX + digest,
            checkpoint.variables().stream().map(Checkpoint.Variable::tensor).toList());
    List<String> buffers =
        model.layout().tensors().stream()
            .map(tensor -> tensor.name())
            .filter(graph::isBuffer)
            .toList();
    return new SavedModelFolder(model, digest, graph.signatures(), buffers);
  }

  /// @throws IOException naming the variable whose bytes are damaged
  public static void requireIntact(Path folder) throws IOException {
    checkpoint(folder).requireIntact();
  }

  private static String digest(Path folder) throws IOException {
    MessageDigest sha = sha256();
    for (var part : parts(folder).entrySet()) {
      if (part.getKey().equals(GRAPH) || part.getKey().startsWith("assets/")) {
        sha.update(part.getKey().getBytes(StandardCharsets.UTF_8));
        sha.update((byte) 0);
        try (FileChannel channel = FileChannel.open(part.getValue(), StandardOpenOption.READ);
            Arena arena = Arena.ofConfined()) {
          MemorySegment bytes = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
          // Without it the end of one file could be taken for the next one's name and content.
          sha.update(ByteBuffer.allocate(Long.BYTES).putLong(bytes.byteSize()).flip());
          for (long at = 0; at < bytes.byteSize(); at += 1 << 24) {
            sha.update(bytes.asSlice(at, Math.min(1 << 24, bytes.byteSize() - at)).asByteBuffer());
          }
        }
      }
    }
    return HexFormat.of().formatHex(sha.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every Java platform has SHA-256", missing);
    }
  }

  /// All files of a folder by their names in it, with `/` between the parts of a name.
  ///
  /// @throws IOException if there is a link, or more than a SavedModel has
  static Map<String, Path> parts(Path folder) throws IOException {
    if (Files.isSymbolicLink(folder)) {
      throw new IOException("the folder: a link (expected: the folder that it leads to)");
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder, MAX_DEPTH)) {
      all = new ArrayList<>(walk.limit(MAX_FILES + 1L).toList());
    }
    if (all.size() > MAX_FILES) {
      throw new IOException("files: more than %d".formatted(MAX_FILES));
    }
    Map<String, Path> parts = new TreeMap<>();
    for (Path file : all) {
      String name = folder.relativize(file).toString().replace('\\', '/');
      if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        parts.put(name, file);
      } else if (!name.isEmpty() && !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException("%s: a link (expected: a file inside of the folder)".formatted(name));
      }
    }
    return parts;
  }

  /// The values that a graph wrote as a checkpoint, in the order of its model's layout.
  ///
  /// @param prefix what the names of the checkpoint's files begin with
  public static Tensors values(Path prefix) throws IOException, TrainingException {
    Checkpoint checkpoint = Checkpoint.read(prefix);
    return new PlacedModel(
            PREFIX, checkpoint.variables().stream().map(Checkpoint.Variable::tensor).toList())
        .open(prefix)
        .tensors();
  }

  /// Writes a copy of `original` with other values, which TensorFlow opens.
  public static void rewrite(Path original, Tensors values, Path target) throws IOException {
    Checkpoint checkpoint = checkpoint(original);
    SavedModelFolder read = read(original, checkpoint);
    ReplacedFolder.write(
        parts(original),
        target,
        draftOf -> {
          read.model().replace(values, draftOf);
          checkpoint.seal(draftOf);
        });
  }
}
