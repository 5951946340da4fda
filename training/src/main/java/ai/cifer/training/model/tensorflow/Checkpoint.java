package ai.cifer.training.model.tensorflow;

import ai.cifer.training.data.MaskedCrc;
import ai.cifer.training.model.ElementType;
import ai.cifer.training.model.PlacedTensor;
import ai.cifer.training.model.ProtoMessage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;

/// The variables of a checkpoint of TensorFlow (version 2): an index that says where each lies, and
/// shards that hold the bytes.
///
/// ```
/// PREFIX.index                  sorted keys; "" holds the header, each other one a tensor
/// PREFIX.data-00000-of-00001    bytes of the tensors
/// ```
///
/// Fields of `BundleHeaderProto`: `num_shards = 1`, `endianness = 2`. Of `BundleEntryProto`: `dtype
/// = 1`, `shape = 2`, `shard_id = 3`, `offset = 4`, `size = 5`, `crc32c = 6`, `slices = 7`.
///
/// @param index the file of the index
/// @see <a
///   href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/tensor_bundle.proto">tensor_bundle.proto</a>
record Checkpoint(Path index, List<Variable> variables) {

  /// Behind the path of a variable in the tree of objects.
  private static final String VALUE = "/.ATTRIBUTES/VARIABLE_VALUE";

  private static final int MAX_SHARDS = 1 << 14;
  private static final int CRC_CHUNK = 1 << 24;

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// A tensor of a checkpoint.
  ///
  /// @param crc what its checksum should be
  /// @param crcAt where that lies in the index
  /// @param block of the index, which holds it
  record Variable(PlacedTensor tensor, int crc, long crcAt, SortedTable.Block block) {}

  /// @param prefix what the names of all its files begin with
  /// @throws IOException if it is malformed; values are not looked at
  static Checkpoint read(Path prefix) throws IOException {
    Path index = sibling(prefix, ".index");
    try (FileChannel channel = FileChannel.open(index, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      MemorySegment file = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      List<SortedTable.Entry> entries = SortedTable.read(file);
      if (entries.isEmpty() || !entries.getFirst().key().isEmpty()) {
        throw new IOException("index: without a header");
      }
      SortedTable.Entry head = entries.getFirst();
      List<Path> shards = shards(prefix, ProtoMessage.of(file, head.from(), head.to()));
      List<Variable> variables = new ArrayList<>();
      for (SortedTable.Entry entry : entries.subList(1, entries.size())) {
        variable(file, entry, shards).ifPresent(variables::add);
      }
      requireApart(variables);
      return new Checkpoint(index, List.copyOf(variables));
    }
  }

  private static Path sibling(Path prefix, String ending) {
    return prefix.resolveSibling(prefix.getFileName() + ending);
  }

  private static List<Path> shards(Path prefix, ProtoMessage header) throws IOException {
    long count = 0;
    for (int field = header.next(); field != 0; field = header.next()) {
      if (field == 1) {
        count = header.number();
      } else if (field == 2 && header.number() != 0) {
        throw new IOException("index: big endian (expected: little)");
      }
    }
    if (count < 1 || count > MAX_SHARDS) {
      throw new IOException("index: %d shards (expected: 1 to %d)".formatted(count, MAX_SHARDS));
    }
    List<Path> shards = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      shards.add(sibling(prefix, ".data-%05d-of-%05d".formatted(i, count)));
    }
    return shards;
  }

  /// @return nothing for texts, which no federation averages
  private static Optional<Variable> variable(
      MemorySegment file, SortedTable.Entry entry, List<Path> shards) throws IOException {
    String key = entry.key();
    long type = 0;
    long shard = 0;
    long offset = 0;
    long size = 0;
    long crcAt = -1;
    int crc = 0;
    List<Integer> shape = List.of();
    ProtoMessage message = ProtoMessage.of(file, entry.from(), entry.to());
    for (int field = message.next(); field != 0; field = message.next()) {
      switch (field) {
        case 1 -> type = message.number();
        case 2 -> shape = Shapes.fixed(key, message.message());
        case 3 -> shard = message.number();
        case 4 -> offset = message.number();
        case 5 -> size = message.number();
        case 6 -> {
          crc = message.fixed32();
          crcAt = message.start();
        }
        case 7 ->
            throw new IOException(
                "variable %s: in slices (expected: a SavedModel without partitioned variables)"
                    .formatted(key));
        default -> {
          // Nothing else is known of version 1.
        }
      }
    }
    if (type == DataTypes.STRING) {
      return Optional.empty();
    }
    if (shard < 0 || shard >= shards.size()) {
      throw new IOException("shard of %s: %d of %d".formatted(key, shard, shards.size()));
    }
    ElementType element = DataTypes.element(key, type);
    Path data = shards.get((int) shard);
    String name = key.endsWith(VALUE) ? key.substring(0, key.length() - VALUE.length()) : key;
    PlacedTensor tensor = PlacedTensor.dense(name, element, shape, data, offset);
    tensor.requireWithin(0, Files.size(data));
    if (tensor.size() * element.bytes() != size) {
      throw new IOException(
          "size of %s: %d bytes (expected: %d for %s)"
              .formatted(key, size, tensor.size() * element.bytes(), shape));
    }
    if (crcAt < 0) {
      throw new IOException("variable %s: without a checksum".formatted(key));
    }
    return Optional.of(new Variable(tensor, crc, crcAt, entry.block()));
  }

  private static void requireApart(List<Variable> variables) throws IOException {
    Map<Path, Long> ends = new HashMap<>();
    List<PlacedTensor> sorted =
        variables.stream()
            .map(Variable::tensor)
            .filter(tensor -> tensor.size() > 0)
            .sorted(Comparator.comparingLong(PlacedTensor::offset))
            .toList();
    for (PlacedTensor tensor : sorted) {
      if (tensor.offset() < ends.getOrDefault(tensor.file(), 0L)) {
        throw new IOException("variable %s: overlaps another".formatted(tensor.name()));
      }
      ends.put(tensor.file(), tensor.end());
    }
  }

  /// @throws IOException naming the variable whose checksum is wrong
  void requireIntact() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Map<Path, MemorySegment> files = new HashMap<>();
      for (Variable variable : variables) {
        PlacedTensor tensor = variable.tensor();
        if (crc(map(tensor.file(), MapMode.READ_ONLY, files, arena), tensor) != variable.crc()) {
          throw new IOException("variable %s: its checksum is wrong".formatted(tensor.name()));
        }
      }
    }
  }

  /// Brings the checksums of a copy up to date, after values were replaced.
  void seal(UnaryOperator<Path> draftOf) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Map<Path, MemorySegment> files = new HashMap<>();
      MemorySegment table = map(draftOf.apply(index), MapMode.READ_WRITE, files, arena);
      Set<SortedTable.Block> blocks = new LinkedHashSet<>();
      for (Variable variable : variables) {
        Path shard = draftOf.apply(variable.tensor().file());
        MemorySegment data = map(shard, MapMode.READ_ONLY, files, arena);
        table.set(INT, variable.crcAt(), crc(data, variable.tensor()));
        blocks.add(variable.block());
      }
      blocks.forEach(block -> block.seal(table));
      table.force();
    }
  }

  private static MemorySegment map(
      Path file, MapMode mode, Map<Path, MemorySegment> files, Arena arena) throws IOException {
    MemorySegment known = files.get(file);
    if (known == null) {
      Set<StandardOpenOption> options =
          mode == MapMode.READ_ONLY
              ? Set.of(StandardOpenOption.READ)
              : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
      try (FileChannel channel = FileChannel.open(file, options)) {
        known = channel.map(mode, 0, channel.size(), arena);
      }
      files.put(file, known);
    }
    return known;
  }

  private static int crc(MemorySegment file, PlacedTensor tensor) {
    CRC32C crc = new CRC32C();
    for (long at = tensor.offset(); at < tensor.end(); at += CRC_CHUNK) {
      crc.update(file.asSlice(at, Math.min(CRC_CHUNK, tensor.end() - at)).asByteBuffer());
    }
    return MaskedCrc.masked(crc);
  }
}
