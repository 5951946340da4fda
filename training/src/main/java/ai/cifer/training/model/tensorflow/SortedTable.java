package ai.cifer.training.model.tensorflow;

import ai.cifer.training.data.MaskedCrc;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A file of sorted keys and their values, as LevelDB and TensorFlow's checkpoints have it, in a
/// mapped file. Values are not copied: where they lie is what is read.
///
/// ```
/// file   = blocks, then 48 bytes: place of the meta index, place of the index, zeros, magic u64
/// place  = offset varint, size varint
/// block  = entries, restarts u32..., count of restarts u32 | type u8 (0: plain) | masked CRC u32
/// entry  = length shared with the last key, other length, length of the value (varints), key, value
/// ```
///
/// The values of the index are places of blocks.
///
/// @see <a href="https://github.com/google/leveldb/blob/main/doc/table_format.md">Table format</a>
final class SortedTable {

  /// TensorFlow begins a block anew after 256 KiB; more than a buffer holds cannot be checked.
  private static final long MAX_BLOCK_BYTES = 1 << 30;

  private static final long MAGIC = 0xdb4775248b80fb57L;
  private static final int FOOTER_BYTES = 48;
  private static final int TRAILER_BYTES = 5;
  private static final int MAX_KEY_BYTES = 4096;

  private static final int MAX_ENTRIES = 1 << 17;

  /// Of all keys together, which share their beginnings in the file.
  private static final int MAX_KEYS_BYTES = 16 << 20;

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment file;
  private long at;
  private long end;
  private long keysBytes;
  private int count;

  private SortedTable(MemorySegment file) {
    this.file = file;
  }

  /// Bytes of the file that one checksum is about.
  ///
  /// @param end behind the type, where the checksum lies
  record Block(long from, long end) {

    /// Whether the checksum is that of the bytes.
    boolean isIntact(MemorySegment file) {
      return file.get(INT, end) == crc(file);
    }

    /// Writes the checksum that the bytes have now.
    void seal(MemorySegment file) {
      file.set(INT, end, crc(file));
    }

    private int crc(MemorySegment file) {
      return MaskedCrc.of(file.asSlice(from, end - from).asByteBuffer());
    }
  }

  /// A key and where its value lies.
  record Entry(String key, long from, long to, Block block) {}

  /// All entries, in their order.
  ///
  /// @throws IOException if it is malformed, or a checksum is wrong
  static List<Entry> read(MemorySegment file) throws IOException {
    return new SortedTable(file).read();
  }

  private List<Entry> read() throws IOException {
    long size = file.byteSize();
    if (size < FOOTER_BYTES || file.get(LONG, size - Long.BYTES) != MAGIC) {
      throw new IOException(
          "index: %d bytes without the mark at their end (expected: a checkpoint of version 2)"
              .formatted(size));
    }
    long blocks = size - FOOTER_BYTES;
    at = blocks;
    end = size - Long.BYTES;
    block(blocks);
    Block index = block(blocks);
    List<Block> places = new ArrayList<>();
    for (Entry entry : entries(index)) {
      at = entry.from();
      end = entry.to();
      places.add(block(blocks));
    }
    List<Entry> all = new ArrayList<>();
    long last = 0;
    for (Block place : places) {
      if (place.from() < last) {
        throw new IOException(
            "index: block at %d (expected: behind %d)".formatted(place.from(), last));
      }
      last = place.end();
      all.addAll(entries(place));
    }
    return all;
  }

  /// Reads the place of a block.
  private Block block(long limit) throws IOException {
    long from = varint();
    long size = varint();
    if (from < 0
        || size < 0
        || size > Math.min(limit, MAX_BLOCK_BYTES)
        || from > limit - size - TRAILER_BYTES) {
      throw new IOException(
          "index: block of %d bytes at %d (expected: within %d)".formatted(size, from, limit));
    }
    return new Block(from, from + size + 1);
  }

  private List<Entry> entries(Block block) throws IOException {
    byte type = file.get(ValueLayout.JAVA_BYTE, block.end() - 1);
    if (!block.isIntact(file)) {
      throw new IOException("index: checksum of the block at %d is wrong".formatted(block.from()));
    }
    if (type != 0) {
      throw new IOException("index: compressed, type %d (expected: plain)".formatted(type));
    }
    long restartsAt = block.end() - 1 - Integer.BYTES;
    long restarts =
        restartsAt < block.from() ? -1 : Integer.toUnsignedLong(file.get(INT, restartsAt));
    end = restartsAt - restarts * Integer.BYTES;
    if (restarts < 0 || end < block.from()) {
      throw new IOException(
          "index: %d restarts in the block at %d".formatted(restarts, block.from()));
    }
    at = block.from();
    List<Entry> entries = new ArrayList<>();
    byte[] key = {};
    while (at < end) {
      long shared = varint();
      long other = varint();
      long length = varint();
      if (shared < 0 || shared > key.length || other < 0 || other > MAX_KEY_BYTES - shared) {
        throw new IOException("index: key of %d and %d bytes".formatted(shared, other));
      }
      keysBytes += shared + other;
      if (length < 0 || length > end - at - other) {
        throw new IOException("index: value of %d bytes at %d".formatted(length, at));
      }
      if (++count > MAX_ENTRIES || keysBytes > MAX_KEYS_BYTES) {
        throw new IOException(
            "index: %d keys of %d bytes (expected: at most %d of %d)"
                .formatted(count, keysBytes, MAX_ENTRIES, MAX_KEYS_BYTES));
      }
      key = Arrays.copyOf(key, (int) (shared + other));
      MemorySegment.copy(file, ValueLayout.JAVA_BYTE, at, key, (int) shared, (int) other);
      at += other;
      entries.add(new Entry(new String(key, StandardCharsets.UTF_8), at, at + length, block));
      at += length;
    }
    return entries;
  }

  private long varint() throws IOException {
    long read = 0;
    for (int shift = 0; shift < Long.SIZE && at < end; shift += 7) {
      byte next = file.get(ValueLayout.JAVA_BYTE, at++);
      read |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return read;
      }
    }
    throw new IOException("index: malformed number at %d".formatted(at));
  }
}
