package ai.cifer.training.model;

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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// The members of a zip by the places of their bytes, which [java.util.zip.ZipFile] does not tell:
/// tensors are mapped and replaced inside.
///
/// Read are the classical structures and their 64-bit forms. Nothing is unpacked on the word of the
/// file: a stored member lies within the file, a deflated one is read up to a limit of the caller.
///
/// @param members by name, in the order of the directory
/// @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">APPNOTE.TXT, sections
///   4.3 and 4.5</a>
public record ZipParts(Path file, Map<String, Member> members) {

  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int END = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int MAX_COMMENT_BYTES = 0xffff;
  private static final int LOCATOR64 = 0x07064b50;
  private static final int LOCATOR64_BYTES = 20;
  private static final int END64 = 0x06064b50;
  private static final int END64_BYTES = 56;
  private static final int ENTRY = 0x02014b50;
  private static final int ENTRY_BYTES = 46;
  private static final int LOCAL = 0x04034b50;
  private static final int LOCAL_BYTES = 30;
  private static final int DESCRIPTOR = 0x08074b50;
  private static final int EXTRA64 = 1;
  private static final long IN_EXTRA = 0xffffffffL;
  private static final int ENCRYPTED = 1;
  private static final int HAS_DESCRIPTOR = 8;
  private static final int DEFLATED = 8;

  /// A model of 100,000 tensors has as many members.
  private static final long MAX_MEMBERS = 1 << 20;

  /// @param offset of its bytes in the file
  /// @param packed as many bytes as it occupies there
  /// @param size as many as it has unpacked
  /// @param entry where its entry of the directory begins
  /// @param local where its local header begins
  public record Member(
      String name, boolean stored, long offset, long packed, long size, long entry, long local) {}

  /// Reads the directory of `file`.
  ///
  /// @throws IOException if it is not a zip, is damaged, or has encrypted or duplicate members
  public static ZipParts read(Path file) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      return new Reader(map(file, MapMode.READ_ONLY, arena), file).parts();
    } catch (IndexOutOfBoundsException | ArithmeticException beyond) {
      throw new IOException("zip: a structure lies beyond the end of the file", beyond);
    }
  }

  private static MemorySegment map(Path file, MapMode mode, Arena arena) throws IOException {
    try (FileChannel channel =
        mode == MapMode.READ_ONLY
            ? FileChannel.open(file, StandardOpenOption.READ)
            : FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return channel.map(mode, 0, channel.size(), arena);
    }
  }

  /// The bytes of a small member, unpacked.
  ///
  /// @throws IOException if it is missing or larger than `limit`
  public byte[] bytes(String name, int limit) throws IOException {
    Member member = members.get(name);
    if (member == null) {
      throw new IOException("zip: no member " + name);
    }
    if (member.size() > limit || member.packed() > limit) {
      throw new IOException(
          "member %s: %d bytes (expected: <= %d)".formatted(name, member.size(), limit));
    }
    byte[] packed = new byte[(int) member.packed()];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment.copy(
          map(file, MapMode.READ_ONLY, arena),
          ValueLayout.JAVA_BYTE,
          member.offset(),
          packed,
          0,
          packed.length);
    }
    return member.stored() ? packed : inflate(member, packed);
  }

  private static byte[] inflate(Member member, byte[] packed) throws IOException {
    byte[] out = new byte[(int) member.size()];
    try (Inflater inflater = new Inflater(true)) {
      inflater.setInput(packed);
      int done = 0;
      while (done < out.length) {
        int count = inflater.inflate(out, done, out.length - done);
        if (count == 0) {
          throw new IOException("member %s: truncated".formatted(member.name()));
        }
        done += count;
      }
      return out;
    } catch (DataFormatException damaged) {
      throw new IOException("member %s: damaged".formatted(member.name()), damaged);
    }
  }

  /// Writes the checksum of a stored member anew, after its bytes in `copy` were replaced.
  ///
  /// @param copy a copy of this zip
  public void reseal(Path copy, String name) throws IOException {
    Member member = members.get(name);
    if (member == null || !member.stored()) {
      throw new IOException("member %s: compressed (expected: stored)".formatted(name));
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = map(copy, MapMode.READ_WRITE, arena);
      var crc = new CRC32();
      long step = 1L << 30;
      for (long at = 0; at < member.size(); at += step) {
        crc.update(
            bytes.asSlice(member.offset() + at, Math.min(step, member.size() - at)).asByteBuffer());
      }
      int value = (int) crc.getValue();
      bytes.set(U32, member.entry() + 16, value);
      int flags = bytes.get(U16, member.local() + 6);
      if ((flags & HAS_DESCRIPTOR) == 0) {
        bytes.set(U32, member.local() + 14, value);
      } else {
        long after = member.offset() + member.packed();
        // The mark before a descriptor is optional.
        bytes.set(U32, bytes.get(U32, after) == DESCRIPTOR ? after + 4 : after, value);
      }
    }
  }

  private static final class Reader {
    private final MemorySegment bytes;
    private final Path file;

    Reader(MemorySegment bytes, Path file) {
      this.bytes = bytes;
      this.file = file;
    }

    ZipParts parts() throws IOException {
      long end = end();
      long count = u16(end + 10);
      long directory = u32(end + 16);
      if (end >= LOCATOR64_BYTES && bytes.get(U32, end - LOCATOR64_BYTES) == LOCATOR64) {
        long end64 = bytes.get(U64, end - LOCATOR64_BYTES + 8);
        require(end64 >= 0 && end64 <= end - END64_BYTES, "its 64-bit end is misplaced");
        require(bytes.get(U32, end64) == END64, "its 64-bit end has no mark");
        count = bytes.get(U64, end64 + 32);
        directory = bytes.get(U64, end64 + 48);
      }
      require(count >= 0 && count <= MAX_MEMBERS && count * ENTRY_BYTES <= end, "member count");
      Map<String, Member> members = new LinkedHashMap<>();
      long at = directory;
      for (long i = 0; i < count; i++) {
        require(at >= 0 && at <= end - ENTRY_BYTES, "its directory is truncated");
        require(bytes.get(U32, at) == ENTRY, "an entry of its directory has no mark");
        Member member = member(at);
        require(members.put(member.name(), member) == null, "two members " + member.name());
        at += ENTRY_BYTES + u16(at + 28) + u16(at + 30) + u16(at + 32);
      }
      return new ZipParts(file, Collections.unmodifiableMap(members));
    }

    private long end() throws IOException {
      long last = bytes.byteSize() - END_BYTES;
      for (long at = last; at >= Math.max(0, last - MAX_COMMENT_BYTES); at--) {
        if (bytes.get(U32, at) == END && at + END_BYTES + u16(at + 20) == bytes.byteSize()) {
          return at;
        }
      }
      throw new IOException("not a zip file");
    }

    private Member member(long at) throws IOException {
      int flags = u16(at + 8);
      int method = u16(at + 10);
      byte[] raw = new byte[u16(at + 28)];
      MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at + ENTRY_BYTES, raw, 0, raw.length);
      String name = new String(raw, StandardCharsets.UTF_8);
      require((flags & ENCRYPTED) == 0, "encrypted member " + name);
      require(method == 0 || method == DEFLATED, "member %s: method %d".formatted(name, method));
      long[] sizes = {u32(at + 24), u32(at + 20), u32(at + 42)};
      extra64(at + ENTRY_BYTES + raw.length, u16(at + 30), sizes);
      long local = sizes[2];
      require(local >= 0 && local <= at - LOCAL_BYTES, "member %s: misplaced".formatted(name));
      require(bytes.get(U32, local) == LOCAL, "member %s: no mark".formatted(name));
      long offset = local + LOCAL_BYTES + u16(local + 26) + u16(local + 28);
      require(
          sizes[1] >= 0 && sizes[0] >= 0 && offset <= bytes.byteSize() - sizes[1],
          "member %s: beyond the end of the file".formatted(name));
      require(
          method != 0 || sizes[0] == sizes[1], "member %s: stored with two sizes".formatted(name));
      return new Member(name, method == 0, offset, sizes[1], sizes[0], at, local);
    }

    /// Replaces those of size, packed size and place that did not fit 32 bits.
    private void extra64(long from, int length, long[] values) throws IOException {
      long at = from;
      while (at + 4 <= from + length) {
        int id = u16(at);
        int size = u16(at + 2);
        if (id == EXTRA64) {
          long field = at + 4;
          for (int i = 0; i < values.length; i++) {
            if (values[i] == IN_EXTRA) {
              require(field + 8 <= at + 4 + size, "a 64-bit field is missing");
              values[i] = bytes.get(U64, field);
              field += 8;
            }
          }
        }
        at += 4L + size;
      }
    }

    private int u16(long at) {
      return Short.toUnsignedInt(bytes.get(U16, at));
    }

    private long u32(long at) {
      return Integer.toUnsignedLong(bytes.get(U32, at));
    }

    private static void require(boolean holds, String fact) throws IOException {
      if (!holds) {
        throw new IOException("zip: " + fact);
      }
    }
  }
}
