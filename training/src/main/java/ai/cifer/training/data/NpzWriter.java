package ai.cifer.training.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Writes an npz file that `numpy.load` reads: npy arrays in a zip, stored without compression, in
/// constant memory.
///
/// The same arrays give the same bytes: members bear no time of writing.
public final class NpzWriter implements AutoCloseable {

  /// The first moment that a zip can name; members need some time and must not bear the real one.
  private static final LocalDateTime EPOCH = LocalDateTime.of(1980, 1, 1, 0, 0, 0);

  private static final int CHUNK_BYTES = 1 << 20;

  private final ReplacedFile file;
  private final OutputStream raw;
  private final ZipOutputStream zip;

  private NpzWriter(ReplacedFile file, OutputStream raw) {
    this.file = file;
    this.raw = raw;
    zip = new ZipOutputStream(new BufferedOutputStream(raw, CHUNK_BYTES));
    zip.setMethod(ZipOutputStream.STORED);
  }

  /// Begins to write beside `file`, which appears with [#commit()].
  public static NpzWriter create(Path file) throws IOException {
    ReplacedFile replaced = ReplacedFile.of(file);
    try {
      return new NpzWriter(replaced, Files.newOutputStream(replaced.draft()));
    } catch (IOException | RuntimeException failure) {
      replaced.close();
      throw failure;
    }
  }

  /// The values of an array; asked twice, since a stored member begins with its checksum.
  @FunctionalInterface
  public interface Values {
    void writeTo(OutputStream out) throws IOException;
  }

  /// Appends an array; `values` must write exactly `header.dataBytes()` bytes, the same each time.
  public void write(String name, NpyHeader header, Values values) throws IOException {
    byte[] start = header.toBytes();
    var crc = new CRC32();
    crc.update(start);
    values.writeTo(new CheckedOutputStream(OutputStream.nullOutputStream(), crc));
    var entry = new ZipEntry(name + ".npy");
    entry.setTimeLocal(EPOCH);
    entry.setSize(Math.addExact(start.length, header.dataBytes()));
    entry.setCompressedSize(entry.getSize());
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(start);
    values.writeTo(zip);
    zip.closeEntry();
  }

  /// Appends an array whose values lie in memory or in a mapped file.
  public void write(String name, NpyHeader header, MemorySegment values) throws IOException {
    write(name, header, out -> copy(values, out));
  }

  /// Appends labels as int64, the type that numpy gives to integers.
  public void write(String name, long[] values) throws IOException {
    var littleEndian = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    littleEndian.asLongBuffer().put(values);
    write(
        name,
        NpyHeader.of(NpyType.INT64, List.of((long) values.length)),
        MemorySegment.ofArray(littleEndian.array()));
  }

  /// Appends one text, as `numpy.savez(..., name='text')` would.
  public void write(String name, String text) throws IOException {
    int[] characters = text.codePoints().toArray();
    byte[] bytes = text.isEmpty() ? new byte[4] : text.getBytes(StandardCharsets.UTF_32LE);
    write(name, NpyHeader.text(characters.length), MemorySegment.ofArray(bytes));
  }

  private static void copy(MemorySegment values, OutputStream out) throws IOException {
    WritableByteChannel channel = Channels.newChannel(out);
    for (long at = 0; at < values.byteSize(); at += CHUNK_BYTES) {
      long count = Math.min(CHUNK_BYTES, values.byteSize() - at);
      channel.write(values.asSlice(at, count).asByteBuffer());
    }
  }

  /// Completes the file and gives it its name.
  public void commit() throws IOException {
    zip.close();
    file.commit();
  }

  /// Discards what was written unless it was committed.
  @Override
  public void close() throws IOException {
    // Not the zip: it would first try to complete itself, which fails after a failed write.
    try (file) {
      raw.close();
    }
  }
}
