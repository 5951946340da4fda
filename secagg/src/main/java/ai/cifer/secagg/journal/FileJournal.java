package ai.cifer.secagg.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// A journal in one file that only its owner can read.
///
/// ```
/// +----------------+--------------------------------------------------------------+
/// | "CIFERJ01" 8 B | entries: u32 length | u32 CRC32C(length) | u32 CRC32C(bytes) |
/// |                |          | bytes; little endian                              |
/// +----------------+--------------------------------------------------------------+
/// ```
///
/// A tail that a crash left incomplete is cut off when the file is opened: nothing that depends on
/// it can have happened. Any other damage is refused, since promises would be forgotten; the length
/// has its own checksum, so that a damaged one cannot pose as a torn tail. One process at a time;
/// not safe for several threads.
public final class FileJournal implements Journal, AutoCloseable {
  private static final byte[] MAGIC = "CIFERJ01".getBytes(StandardCharsets.US_ASCII);
  private static final int HEAD_BYTES = 3 * Integer.BYTES;

  /// Longest entry.
  private static final int MAX_ENTRY_BYTES = 1 << 24;

  private final Path file;
  private FileChannel channel;
  private boolean broken;

  private FileJournal(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /// Opens a journal, or creates it with mode 600.
  ///
  /// @throws JournalCorrupt if it is no journal, or damaged before its last entry
  public static FileJournal open(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE),
            ownerOnly());
    try {
      lock(file, channel);
      recover(file, channel);
      forceFolder(file);
      return new FileJournal(file, channel);
    } catch (IOException | RuntimeException failure) {
      channel.close();
      throw failure;
    }
  }

  private static FileAttribute<?>[] ownerOnly() {
    if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };
  }

  private static void lock(Path file, FileChannel channel) throws IOException {
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException held) {
      lock = null;
    }
    if (lock == null) {
      throw new IOException(
          "journal %s: in use (expected: one process for each state folder)".formatted(file));
    }
  }

  /// Makes a new or torn file a whole one, and checks every entry.
  private static void recover(Path file, FileChannel channel) throws IOException {
    long size = channel.size();
    byte[] magic = new byte[(int) Math.min(size, MAGIC.length)];
    read(channel, 0, ByteBuffer.wrap(magic));
    if (!Arrays.equals(magic, 0, magic.length, MAGIC, 0, magic.length)) {
      throw new JournalCorrupt("journal %s: not a journal of this version".formatted(file));
    }
    if (size < MAGIC.length) {
      channel.truncate(0);
      write(channel, 0, ByteBuffer.wrap(MAGIC));
    }
    long end = scan(file, channel, entry -> {});
    if (end < size) {
      channel.truncate(end);
    }
    channel.force(true);
  }

  /// Reads the whole entries one by one.
  ///
  /// @return where the last of them ends
  private static long scan(Path file, FileChannel channel, Consumer<byte[]> each)
      throws IOException {
    long size = channel.size();
    long at = MAGIC.length;
    while (at < size) {
      byte[] entry = entryAt(file, channel, at, size);
      if (entry == null) {
        break;
      }
      each.accept(entry);
      at += HEAD_BYTES + entry.length;
    }
    return at;
  }

  /// The entry at a position, or null if only a torn tail is there.
  private static byte @Nullable [] entryAt(Path file, FileChannel channel, long at, long size)
      throws IOException {
    if (size - at < HEAD_BYTES) {
      return null;
    }
    ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    read(channel, at, head);
    int length = head.getInt(0);
    if (head.getInt(Integer.BYTES) != checksum(lengthBytes(length))
        || length <= 0
        || length > MAX_ENTRY_BYTES) {
      // Some of the head did not reach the disk; then nothing behind it did.
      return torn(file, at, size, zeros(channel, at + HEAD_BYTES, size));
    }
    long end = at + HEAD_BYTES + length;
    if (end > size) {
      return null;
    }
    byte[] entry = new byte[length];
    read(channel, at + HEAD_BYTES, ByteBuffer.wrap(entry));
    if (checksum(entry) != head.getInt(2 * Integer.BYTES)) {
      return torn(file, at, size, end == size);
    }
    return entry;
  }

  private static byte @Nullable [] torn(Path file, long at, long size, boolean torn)
      throws JournalCorrupt {
    if (!torn) {
      throw new JournalCorrupt(
          "journal %s: damaged at byte %d of %d (expected: only the last entry may be torn);"
                  .formatted(file, at, size)
              + " restore it, or start a new run with a fresh state folder");
    }
    return null;
  }

  private static boolean zeros(FileChannel channel, long at, long size) throws IOException {
    if (size - at > MAX_ENTRY_BYTES) {
      return false;
    }
    byte[] rest = new byte[(int) (size - at)];
    read(channel, at, ByteBuffer.wrap(rest));
    for (byte value : rest) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  private static void read(FileChannel channel, long at, ByteBuffer out) throws IOException {
    long position = at;
    while (out.hasRemaining()) {
      int count = channel.read(out, position);
      if (count < 0) {
        throw new IOException("journal: shorter than its size");
      }
      position += count;
    }
  }

  private static void write(FileChannel channel, long at, ByteBuffer in) throws IOException {
    long position = at;
    while (in.hasRemaining()) {
      position += channel.write(in, position);
    }
  }

  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private static byte[] lengthBytes(int length) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(length).array();
  }

  private static ByteBuffer framed(byte[] entry) {
    if (entry.length == 0 || entry.length > MAX_ENTRY_BYTES) {
      throw new IllegalArgumentException(
          "entry of %d bytes (expected: 1 to %d)".formatted(entry.length, MAX_ENTRY_BYTES));
    }
    return ByteBuffer.allocate(HEAD_BYTES + entry.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(entry.length)
        .putInt(checksum(lengthBytes(entry.length)))
        .putInt(checksum(entry))
        .put(entry)
        .flip();
  }

  @Override
  public void append(byte[] entry) throws IOException {
    add(entry);
    force();
  }

  /// Writes a record that is on the disk after the next [#force].
  ///
  /// @throws IOException as of [#append]
  public void add(byte[] entry) throws IOException {
    requireWhole();
    // After a failed write or fsync the page cache may claim what the disk does not have.
    broken = true;
    write(channel, channel.size(), framed(entry));
    broken = false;
  }

  /// Has all records on the disk when it returns.
  ///
  /// @throws IOException as of [#append]
  public void force() throws IOException {
    requireWhole();
    broken = true;
    channel.force(true);
    broken = false;
  }

  /// Reads the records one by one.
  public void read(Consumer<byte[]> each) throws IOException {
    requireWhole();
    scan(file, channel, each);
  }

  private void requireWhole() throws IOException {
    if (broken) {
      throw new IOException("journal %s: an earlier write failed".formatted(file));
    }
  }

  /// Read from the file: between calls nothing of them is in memory.
  @Override
  public List<byte[]> entries() throws IOException {
    requireWhole();
    List<byte[]> entries = new ArrayList<>();
    scan(file, channel, entries::add);
    return entries;
  }

  @Override
  public void replaceAll(List<byte[]> replacement) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.deleteIfExists(next);
    FileChannel fresh =
        FileChannel.open(
            next,
            Set.of(
                StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
            ownerOnly());
    try {
      lock(next, fresh);
      write(fresh, 0, ByteBuffer.wrap(MAGIC));
      for (byte[] entry : replacement) {
        write(fresh, fresh.size(), framed(entry));
      }
      fresh.force(true);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      forceFolder(file);
    } catch (IOException | RuntimeException failure) {
      fresh.close();
      throw failure;
    }
    FileChannel old = channel;
    channel = fresh;
    old.close();
    broken = false;
  }

  /// Makes the name of the file durable, where the system lets a folder be opened.
  private static void forceFolder(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null
        || !FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    } catch (NoSuchFileException vanished) {
      throw new IOException("folder of journal " + file + ": vanished", vanished);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
