package ai.cifer.training.model;

import ai.cifer.fedlearn.train.GlobalModel;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The tensors of one safetensors file, or of the shards of a folder.
///
/// ```
/// model.safetensors.index.json   {"metadata": {...}, "weight_map": {tensor: shard file, ...}}
/// ```
///
/// @see <a href="https://huggingface.co/docs/safetensors/metadata_parsing">Hugging Face: metadata
///   parsing</a>
record SafetensorsFiles(PlacedModel model) {

  static final String ARCHITECTURE = "architecture";
  static final String INDEX = ".safetensors.index.json";

  private static final String WHOLE = "model.safetensors";
  private static final String FOLDER_INDEX = "model" + INDEX;

  /// The index of a model of 100,000 tensors has about 10 MB.
  private static final long MAX_INDEX_BYTES = 32L << 20;

  /// Whether a folder holds a model.
  static boolean isFolder(Path path) {
    return Files.isDirectory(path)
        && (Files.exists(path.resolve(WHOLE)) || Files.exists(path.resolve(FOLDER_INDEX)));
  }

  static SafetensorsFiles of(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      Path index = path.resolve(FOLDER_INDEX);
      return Files.exists(index) ? sharded(index) : one(inside(path, WHOLE));
    }
    return isIndex(path) ? sharded(path) : one(path);
  }

  /// All files of a model that is a folder or an index, by the names that they have in a folder.
  static Map<String, Path> parts(Path path) throws IOException {
    Map<String, Path> parts = new TreeMap<>();
    if (Files.isDirectory(path)) {
      try (Stream<Path> files = Files.list(path)) {
        files
            .filter(Files::isRegularFile)
            .forEach(file -> parts.put(String.valueOf(file.getFileName()), file));
      }
    } else {
      Path folder = path.toAbsolutePath().getParent();
      if (folder == null) {
        throw new IOException("index: " + path);
      }
      for (String shard : new TreeSet<>(weightMap(path).values())) {
        parts.put(shard, inside(folder, shard));
      }
      parts.put(FOLDER_INDEX, path);
    }
    return parts;
  }

  static boolean isIndex(Path path) {
    return path.toString().endsWith(INDEX);
  }

  private static SafetensorsFiles one(Path file) throws IOException {
    SafetensorsHeader header = header(file);
    return new SafetensorsFiles(new PlacedModel(architecture(header), header.tensors()));
  }

  private static String architecture(SafetensorsHeader header) {
    return header.metadata().getOrDefault(ARCHITECTURE, GlobalModel.TENSORS_ONLY);
  }

  private static SafetensorsFiles sharded(Path index) throws IOException {
    Path folder = index.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("index: " + index);
    }
    Map<String, String> places = weightMap(index);
    List<PlacedTensor> tensors = new ArrayList<>();
    String architecture = GlobalModel.TENSORS_ONLY;
    for (String shard : new TreeSet<>(places.values())) {
      SafetensorsHeader header = header(inside(folder, shard));
      for (PlacedTensor tensor : header.tensors()) {
        if (!shard.equals(places.remove(tensor.name()))) {
          throw new IOException(
              "tensor %s of %s: not there in the index".formatted(tensor.name(), shard));
        }
        tensors.add(tensor);
      }
      architecture =
          header.metadata().containsKey(ARCHITECTURE) ? architecture(header) : architecture;
    }
    if (!places.isEmpty()) {
      throw new IOException("tensors in the index but in no shard: " + places);
    }
    return new SafetensorsFiles(new PlacedModel(architecture, tensors));
  }

  private static Map<String, String> weightMap(Path index) throws IOException {
    if (Files.size(index) > MAX_INDEX_BYTES) {
      throw new IOException(
          "index: %d bytes (expected: <= %d)".formatted(Files.size(index), MAX_INDEX_BYTES));
    }
    var places = new LinkedHashMap<String, String>();
    var reader = new HeaderJson(Files.readString(index, StandardCharsets.UTF_8));
    reader.object(key -> {
      if (key.equals("weight_map")) {
        reader.object(tensor -> places.put(tensor, reader.string()));
      } else {
        reader.skip();
      }
    });
    reader.end();
    if (places.isEmpty()) {
      throw new IOException("index: no weight_map");
    }
    return places;
  }

  /// A file of a folder.
  ///
  /// @throws IOException if its name or a symbolic link leads elsewhere
  private static Path inside(Path folder, String name) throws IOException {
    if (name.isEmpty() || name.contains("/") || name.contains("\\") || name.equals("..")) {
      throw new IOException("shard: '%s' (expected: a file name)".formatted(name));
    }
    Path file = folder.resolve(name);
    if (Files.isSymbolicLink(file) && !file.toRealPath().startsWith(folder.toRealPath())) {
      throw new IOException(
          "%s: a symbolic link out of the folder (expected: a file inside)".formatted(name));
    }
    return file;
  }

  private static SafetensorsHeader header(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long length = read(channel, 8).order(ByteOrder.LITTLE_ENDIAN).getLong();
      SafetensorsHeader.requireLength(length, channel.size());
      SafetensorsHeader header = SafetensorsHeader.parse(file, read(channel, (int) length).array());
      if (channel.size() != header.end()) {
        throw new IOException(
            "size: %d bytes (expected: %d)".formatted(channel.size(), header.end()));
      }
      return header;
    }
  }

  private static ByteBuffer read(FileChannel channel, int count) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(count);
    while (out.hasRemaining()) {
      if (channel.read(out) < 0) {
        throw new EOFException("truncated in the header");
      }
    }
    return out.flip();
  }
}
