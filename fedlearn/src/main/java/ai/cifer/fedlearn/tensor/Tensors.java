package ai.cifer.fedlearn.tensor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The values of a model: float32, little endian, in the order of a [ModelLayout], outside the
/// heap.
///
/// A mapped instance costs no heap and no anonymous memory however large the model is. Access is by
/// ranges copied into arrays of the caller, since a range never has to straddle a 2 GiB limit. An
/// instance may be read by many threads; writers must not overlap.
public final class Tensors implements AutoCloseable {

  private static final ValueLayout.OfFloat FLOAT32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final ModelLayout layout;
  private final MemorySegment values;
  private final Arena arena;

  private Tensors(ModelLayout layout, MemorySegment values, Arena arena) {
    this.layout = layout;
    this.values = values;
    this.arena = arena;
  }

  /// Zeros in memory outside the heap; costs `4 * parameters` bytes until closed.
  public static Tensors allocate(ModelLayout layout) {
    Arena arena = Arena.ofShared();
    return new Tensors(layout, arena.allocate(4 * layout.parameters(), 64), arena);
  }

  /// Creates `file` with zeros, or truncates it, and maps it for reading and writing.
  public static Tensors create(Path file, ModelLayout layout) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      return map(channel, 0, layout, MapMode.READ_WRITE);
    }
  }

  /// Maps values that lie at `offset` of `file`, read-only.
  ///
  /// @throws IOException if the file is shorter than the layout demands
  public static Tensors open(Path file, long offset, ModelLayout layout) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long expected = Math.addExact(offset, 4 * layout.parameters());
      if (channel.size() < expected) {
        throw new IOException(
            "size of %s: %d bytes (expected: >= %d)".formatted(file, channel.size(), expected));
      }
      return map(channel, offset, layout, MapMode.READ_ONLY);
    }
  }

  /// Maps a file that [#create] made, for reading and writing, with what is in it.
  ///
  /// @throws IOException if its length is not that of the layout
  public static Tensors reopen(Path file, ModelLayout layout) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (channel.size() != 4 * layout.parameters()) {
        throw new IOException(
            "size of %s: %d bytes (expected: %d)"
                .formatted(file, channel.size(), 4 * layout.parameters()));
      }
      return map(channel, 0, layout, MapMode.READ_WRITE);
    }
  }

  private static Tensors map(FileChannel channel, long offset, ModelLayout layout, MapMode mode)
      throws IOException {
    Arena arena = Arena.ofShared();
    try {
      return new Tensors(layout, channel.map(mode, offset, 4 * layout.parameters(), arena), arena);
    } catch (IOException | RuntimeException failure) {
      arena.close();
      throw failure;
    }
  }

  public ModelLayout layout() {
    return layout;
  }

  /// Copies `count` values that start at `position` of the flat vector to the start of `out`.
  public void read(long position, float[] out, int count) {
    MemorySegment.copy(values, FLOAT32, 4 * position, out, 0, count);
  }

  /// Copies the first `count` values of `in` to `position` of the flat vector.
  public void write(long position, float[] in, int count) {
    MemorySegment.copy(in, 0, values, FLOAT32, 4 * position, count);
  }

  public float get(long position) {
    return values.get(FLOAT32, 4 * position);
  }

  /// All values of tensor `index`, for models whose tensors fit an array.
  public float[] values(int index) {
    float[] out = new float[Math.toIntExact(layout.tensors().get(index).size())];
    read(layout.offset(index), out, out.length);
    return out;
  }

  /// The bytes as they lie in memory, float32 little endian; a view, valid until [#close()].
  public MemorySegment bytes() {
    return values;
  }

  /// Writes changed pages of a mapped file to the disk; nothing to do in memory.
  public void force() {
    if (values.isMapped()) {
      values.force();
    }
  }

  /// SHA-256 over the layout and the values, the `H(global model)` of the protocol.
  ///
  /// Layout: for each tensor `name length u32 | name UTF-8 | rank u32 | dimensions u32...`,
  /// preceded by the label and the count; all little endian.
  public byte[] digest() {
    MessageDigest sha = sha256();
    sha.update("cifer-model-v1".getBytes(StandardCharsets.US_ASCII));
    update(sha, layout.tensors().size());
    for (TensorSpec tensor : layout.tensors()) {
      byte[] name = tensor.name().getBytes(StandardCharsets.UTF_8);
      update(sha, name.length);
      sha.update(name);
      update(sha, tensor.shape().size());
      tensor.shape().forEach(dimension -> update(sha, dimension));
    }
    byte[] chunk = new byte[(int) Math.min(1 << 16, values.byteSize())];
    for (long at = 0; at < values.byteSize(); at += chunk.length) {
      int count = (int) Math.min(chunk.length, values.byteSize() - at);
      MemorySegment.copy(values, ValueLayout.JAVA_BYTE, at, chunk, 0, count);
      sha.update(chunk, 0, count);
    }
    return sha.digest();
  }

  private static void update(MessageDigest sha, int value) {
    sha.update(
        new byte[] {
          (byte) value, (byte) (value >>> 8), (byte) (value >>> 16), (byte) (value >>> 24)
        });
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every Java platform has SHA-256", missing);
    }
  }

  /// Frees the memory or the mapping; every later access throws. Closing again does nothing.
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
