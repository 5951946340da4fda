package ai.cifer.training.data;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/// A zip whose stored members can be mapped, which [java.util.zip.ZipFile] does not allow.
///
/// ```
/// +--------------------------+-----+-------------------+--------------------------+
/// | local header, name, data | ... | central directory | end (zip64 end before it)|
/// +--------------------------+-----+-------------------+--------------------------+
/// ```
///
/// Only what numpy writes is read: one disk, no encryption, stored or deflated. Members that
/// overlap are refused: they are how a small file becomes many large ones.
///
/// @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">APPNOTE 6.3</a>
final class ZipArchive implements AutoCloseable {

  private static final int END_BYTES = 22;
  private static final int MAX_COMMENT_BYTES = 0xffff;
  private static final int LOCATOR_BYTES = 20;
  private static final int ZIP64_END_BYTES = 56;
  private static final int MAX_MEMBERS = 1 << 16;
  private static final long MAX_DIRECTORY_BYTES = 16L << 20;

  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final FileChannel channel;
  private final Map<String, Member> members = new LinkedHashMap<>();

  /// @param deflated otherwise stored
  /// @param crc CRC-32 of the expanded bytes
  /// @param from where its bytes begin in the file
  record Member(String name, boolean deflated, long crc, long compressed, long size, long from) {}

  private ZipArchive(FileChannel channel) {
    this.channel = channel;
  }

  /// @throws IOException if `file` is no zip, or one that is not read here
  static ZipArchive open(Path file) throws IOException {
    ZipArchive zip = new ZipArchive(FileChannel.open(file, StandardOpenOption.READ));
    try (Arena arena = Arena.ofConfined()) {
      zip.list(arena);
      return zip;
    } catch (IndexOutOfBoundsException truncated) {
      zip.close();
      throw new IOException("truncated directory", truncated);
    } catch (IOException | RuntimeException malformed) {
      zip.close();
      throw malformed;
    }
  }

  /// In the order of the directory.
  Map<String, Member> members() {
    return members;
  }

  private MemorySegment bytes(long from, long count, Arena arena) throws IOException {
    if (from < 0 || count < 0 || from > channel.size() - count) {
      throw new ZipException("truncated");
    }
    return channel.map(FileChannel.MapMode.READ_ONLY, from, count, arena);
  }

  private void list(Arena arena) throws IOException {
    long tail = Math.min(channel.size(), END_BYTES + MAX_COMMENT_BYTES + LOCATOR_BYTES);
    MemorySegment end = bytes(channel.size() - tail, tail, arena);
    long at = tail - END_BYTES;
    while (at >= 0
        && (end.get(U32, at) != 0x06054b50 || at + END_BYTES + u16(end, at + 20) != tail)) {
      at--;
    }
    if (at < 0) {
      throw new ZipException("no end of a zip's directory was found");
    }
    long count = u16(end, at + 10);
    long bytes = u32(end, at + 12);
    long from = u32(end, at + 16);
    long limit = channel.size() - tail + at;
    if (u16(end, at + 4) != u16(end, at + 6) || u16(end, at + 8) != count) {
      throw new ZipException("more than one disk");
    }
    boolean wide = count == 0xffff || bytes == 0xffffffffL || from == 0xffffffffL;
    if (wide && at >= LOCATOR_BYTES && end.get(U32, at - LOCATOR_BYTES) == 0x07064b50) {
      limit = end.get(U64, at - LOCATOR_BYTES + 8);
      MemorySegment end64 = bytes(limit, ZIP64_END_BYTES, arena);
      if (end64.get(U32, 0) != 0x06064b50) {
        throw new ZipException("no zip64 end");
      }
      count = end64.get(U64, 32);
      bytes = end64.get(U64, 40);
      from = end64.get(U64, 48);
    }
    if (count < 0 || count > MAX_MEMBERS || bytes < 0 || bytes > MAX_DIRECTORY_BYTES) {
      throw new ZipException("directory of %d members, %d bytes".formatted(count, bytes));
    }
    if (from < 0 || from + bytes != limit) {
      throw new ZipException("the directory does not end where the zip does");
    }
    directory(bytes(from, bytes, arena), count, from, arena);
  }

  private void directory(MemorySegment directory, long count, long limit, Arena arena)
      throws IOException {
    long at = 0;
    for (long i = 0; i < count; i++) {
      if (directory.get(U32, at) != 0x02014b50) {
        throw new ZipException("malformed directory");
      }
      int nameBytes = u16(directory, at + 28);
      int extraBytes = u16(directory, at + 30);
      String name = text(directory, at + 46, nameBytes);
      int method = u16(directory, at + 10);
      if ((u16(directory, at + 8) & 1) != 0 || (method != 0 && method != 8)) {
        throw new ZipException("member %s: encrypted or of an unknown method".formatted(name));
      }
      long[] wide = {
        u32(directory, at + 24), u32(directory, at + 20), u32(directory, at + 42),
      };
      widen(directory.asSlice(at + 46 + nameBytes, extraBytes), wide);
      Member member =
          new Member(
              name,
              method == 8,
              u32(directory, at + 16),
              wide[1],
              wide[0],
              dataStart(name, wide[2], arena));
      requireInside(member, limit);
      if (members.put(name, member) != null) {
        throw new ZipException("member appears twice: " + name);
      }
      at += 46L + nameBytes + extraBytes + u16(directory, at + 32);
    }
    if (at != directory.byteSize()) {
      throw new ZipException("malformed directory");
    }
    requireApart();
  }

  /// Replaces the fields that say "see zip64", in the order of the format.
  private static void widen(MemorySegment extra, long[] fields) {
    for (long at = 0; at + 4 <= extra.byteSize(); at += 4 + u16(extra, at + 2)) {
      if (u16(extra, at) == 1) {
        long value = at + 4;
        for (int i = 0; i < fields.length; i++) {
          if (fields[i] == 0xffffffffL) {
            fields[i] = extra.get(U64, value);
            value += Long.BYTES;
          }
        }
      }
    }
  }

  private long dataStart(String name, long header, Arena arena) throws IOException {
    MemorySegment local = bytes(header, 30, arena);
    int nameBytes = u16(local, 26);
    if (local.get(U32, 0) != 0x04034b50
        || !text(bytes(header + 30, nameBytes, arena), 0, nameBytes).equals(name)) {
      throw new ZipException("member %s: malformed local header".formatted(name));
    }
    return header + 30 + nameBytes + u16(local, 28);
  }

  private static void requireInside(Member member, long limit) throws IOException {
    boolean inside =
        member.compressed() >= 0
            && member.size() >= 0
            && member.from() <= limit - member.compressed()
            && (member.deflated() || member.size() == member.compressed());
    if (!inside) {
      throw new ZipException("member %s: does not fit into the file".formatted(member.name()));
    }
  }

  private void requireApart() throws IOException {
    List<Member> sorted = new ArrayList<>(members.values());
    sorted.sort(Comparator.comparingLong(Member::from));
    for (int i = 1; i < sorted.size(); i++) {
      Member before = sorted.get(i - 1);
      if (before.from() + before.compressed() > sorted.get(i).from()) {
        throw new ZipException(
            "members overlap: %s and %s".formatted(before.name(), sorted.get(i).name()));
      }
    }
  }

  private static int u16(MemorySegment bytes, long at) {
    return Short.toUnsignedInt(bytes.get(U16, at));
  }

  private static long u32(MemorySegment bytes, long at) {
    return Integer.toUnsignedLong(bytes.get(U32, at));
  }

  private static String text(MemorySegment bytes, long at, int count) {
    return new String(
        bytes.asSlice(at, count).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /// The bytes of a stored member, mapped into `arena`; their checksum is for the caller.
  MemorySegment map(Member member, Arena arena) throws IOException {
    return bytes(member.from(), member.size(), arena);
  }

  /// The expanded bytes of a member; the checksum is verified at the end.
  InputStream open(Member member) throws IOException {
    InputStream raw = new Section(member.from(), member.compressed());
    InputStream expanded =
        member.deflated()
            ? new InflaterInputStream(raw, new Inflater(true), 1 << 16) {
              @Override
              public void close() throws IOException {
                inf.end();
                super.close();
              }
            }
            : raw;
    return new CheckedMember(expanded, member.crc(), member.size());
  }

  /// Some bytes of the file, read at their positions.
  private final class Section extends InputStream {
    private long at;
    private long left;

    Section(long from, long count) {
      at = from;
      left = count;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] out, int offset, int length) throws IOException {
      if (left == 0) {
        return length == 0 ? 0 : -1;
      }
      int count = channel.read(ByteBuffer.wrap(out, offset, (int) Math.min(length, left)), at);
      if (count < 0) {
        throw new ZipException("truncated");
      }
      at += count;
      left -= count;
      return count;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
