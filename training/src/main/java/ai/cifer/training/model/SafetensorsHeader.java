package ai.cifer.training.model;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What stands before the values of a safetensors file.
///
/// ```
/// +--------------------+------------------------------------------+---------------------+
/// | length u64         | JSON: name -> dtype, shape, data_offsets | values, row by row  |
/// | little endian      | length bytes, padded with spaces         | little endian       |
/// +--------------------+------------------------------------------+---------------------+
/// ```
///
/// The offsets count from the end of the JSON. Tensors follow each other without gaps, in any
/// order. `__metadata__` maps strings to strings.
///
/// @param metadata sorted by key
/// @param tensors in the order of their values
/// @param bytes where the values begin: the size of everything before them
/// @param end where they end, the size of the file
/// @see <a href="https://github.com/huggingface/safetensors#format">safetensors: Format</a>
record SafetensorsHeader(
    Map<String, String> metadata, List<PlacedTensor> tensors, long bytes, long end) {

  /// The limit of the reference implementation.
  static final long MAX_LENGTH_BYTES = 100_000_000;

  private static final int LENGTH_BYTES = 8;
  private static final String METADATA = "__metadata__";

  /// @param length what the first eight bytes of the file say
  /// @param fileBytes the size of the file
  /// @throws IOException if a header of this length cannot be
  static void requireLength(long length, long fileBytes) throws IOException {
    if (length < 2 || length > MAX_LENGTH_BYTES || length > fileBytes - LENGTH_BYTES) {
      throw new IOException(
          "header: %s bytes (expected: 2 to %d)"
              .formatted(
                  Long.toUnsignedString(length),
                  Math.min(MAX_LENGTH_BYTES, Math.max(2, fileBytes - LENGTH_BYTES))));
    }
  }

  /// @param file where it is from
  /// @param json the header without its length
  /// @throws IOException if it is malformed, overlaps, has gaps, or holds unknown types
  static SafetensorsHeader parse(Path file, byte[] json) throws IOException {
    long start = (long) LENGTH_BYTES + json.length;
    var entries = new ArrayList<Entry>();
    var metadata = new TreeMap<String, String>();
    var reader = new HeaderJson(decode(json));
    reader.object(key -> {
      if (key.equals(METADATA)) {
        reader.object(name -> metadata.put(name, reader.string()));
      } else {
        entries.add(entry(file, start, key, reader));
      }
    });
    reader.end();
    entries.sort(Comparator.comparingLong(Entry::from).thenComparingLong(Entry::to));
    long at = 0;
    for (Entry entry : entries) {
      long to = at + entry.tensor().type().bytes() * entry.tensor().size();
      if (entry.from() != at || entry.to() != to) {
        throw new IOException(
            "data_offsets of %s: [%d, %d] (expected: [%d, %d])"
                .formatted(entry.tensor().name(), entry.from(), entry.to(), at, to));
      }
      at = entry.to();
    }
    return new SafetensorsHeader(
        metadata, entries.stream().map(Entry::tensor).toList(), start, start + at);
  }

  private record Entry(PlacedTensor tensor, long from, long to) {}

  private static Entry entry(Path file, long start, String name, HeaderJson reader)
      throws IOException {
    var types = new ArrayList<String>();
    var shape = new ArrayList<Long>();
    var offsets = new ArrayList<Long>();
    reader.object(key -> {
      switch (key) {
        case "dtype" -> types.add(reader.string());
        case "shape" -> shape.addAll(reader.numbers(TensorSpec.MAX_RANK));
        case "data_offsets" -> offsets.addAll(reader.numbers(2));
        default -> throw new IOException("key of tensor %s: %s".formatted(name, key));
      }
    });
    String type = types.isEmpty() ? "none" : types.getFirst();
    ElementType known =
        ElementType.ofSafetensors(type)
            .orElseThrow(() ->
                new IOException(
                    "dtype of %s: %s (expected: F32, F16, BF16, F64 or another of whole bytes)"
                        .formatted(name, type)));
    if (offsets.size() != 2) {
      throw new IOException("data_offsets of %s: %s (expected: two)".formatted(name, offsets));
    }
    try {
      List<Integer> dimensions = shape.stream().map(Math::toIntExact).toList();
      long from = offsets.getFirst();
      PlacedTensor tensor = PlacedTensor.dense(name, known, dimensions, file, start + from);
      return new Entry(tensor, from, offsets.getLast());
    } catch (ArithmeticException malformed) {
      throw new IOException("shape of %s: %s".formatted(name, shape), malformed);
    }
  }

  private static String decode(byte[] json) throws IOException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    } catch (CharacterCodingException malformed) {
      throw new IOException("header: not UTF-8", malformed);
    }
  }

  /// The header's JSON in a fixed form, so that the same model gives the same bytes.
  ///
  /// It is padded to a multiple of eight: the values then are aligned in a mapped file.
  static byte[] write(Map<String, String> metadata, ModelLayout layout) {
    var json = new StringBuilder("{");
    json.append(HeaderJson.quote(METADATA)).append(":{");
    json.append(
        new TreeMap<>(metadata)
            .entrySet().stream()
                .map(e -> HeaderJson.quote(e.getKey()) + ":" + HeaderJson.quote(e.getValue()))
                .collect(Collectors.joining(",")));
    json.append('}');
    for (int i = 0; i < layout.tensors().size(); i++) {
      TensorSpec tensor = layout.tensors().get(i);
      long from = 4 * layout.offset(i);
      json.append(",%s:{\"dtype\":\"F32\",\"shape\":[".formatted(HeaderJson.quote(tensor.name())));
      json.append(tensor.shape().stream().map(String::valueOf).collect(Collectors.joining(",")));
      json.append("],\"data_offsets\":[%d,%d]}".formatted(from, from + 4 * tensor.size()));
    }
    json.append('}');
    byte[] text = json.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (text.length + LENGTH_BYTES - 1) & -LENGTH_BYTES;
    byte[] out = java.util.Arrays.copyOf(text, padded);
    java.util.Arrays.fill(out, text.length, padded, (byte) ' ');
    return out;
  }
}
