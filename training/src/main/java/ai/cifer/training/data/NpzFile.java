package ai.cifer.training.data;

import ai.cifer.fedlearn.train.TrainingException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/// Reads an npz file: a zip of npy arrays, stored or deflated.
///
/// Nothing is allocated on the word of a header alone: the shape must agree with the size of the
/// member, and a member larger than [#FREE_BYTES] must not expand more than [#MAX_RATIO]-fold, so
/// memory is bounded by the size of the file.
public final class NpzFile implements AutoCloseable {

  /// Members up to this size may expand as far as deflate can (1032-fold).
  static final long FREE_BYTES = 64L << 20;

  /// Far above the ratio of real data (images of mostly background reach about 20).
  static final long MAX_RATIO = 200;

  private static final String SUFFIX = ".npy";
  private static final int CHUNK_BYTES = 1 << 16;

  private final Path file;
  private final long fileBytes;
  private final ZipFile zip;
  private final Map<String, ZipEntry> members = new LinkedHashMap<>();

  private NpzFile(Path file, long fileBytes, ZipFile zip) {
    this.file = file;
    this.fileBytes = fileBytes;
    this.zip = zip;
  }

  /// Opens `file` and reads its list of members.
  ///
  /// @throws TrainingException if it is missing, unreadable, or not a zip
  public static NpzFile open(Path file) throws TrainingException {
    try {
      long bytes = Files.size(file);
      var npz = new NpzFile(file, bytes, new ZipFile(file.toFile()));
      try {
        npz.list();
        return npz;
      } catch (IOException | RuntimeException malformed) {
        npz.close();
        throw malformed;
      }
    } catch (NoSuchFileException missing) {
      throw new TrainingException("no such file: " + file, missing);
    } catch (IOException | IllegalArgumentException malformed) {
      throw new TrainingException(
          "%s: not a readable npz file: %s".formatted(file, malformed.getMessage()), malformed);
    }
  }

  private void list() throws IOException {
    for (ZipEntry entry : Collections.list(zip.entries())) {
      if (entry.getName().endsWith(SUFFIX)) {
        String name = entry.getName().substring(0, entry.getName().length() - SUFFIX.length());
        if (members.put(name, entry) != null) {
          throw new ZipException("array appears twice: " + name);
        }
      }
    }
  }

  /// The names of the arrays, in the order of the file.
  public Set<String> names() {
    return Collections.unmodifiableSet(members.keySet());
  }

  /// The type and shape of array `name`, checked against the size of its member.
  ///
  /// @throws TrainingException if there is no such array, or it is malformed
  public NpyHeader header(String name) throws TrainingException {
    try (InputStream in = open(entry(name))) {
      return header(name, in);
    } catch (IOException malformed) {
      throw failure(name, malformed);
    }
  }

  /// The bytes that array `name` occupies in the file.
  public long compressedBytes(String name) throws TrainingException {
    return entry(name).getCompressedSize();
  }

  /// Reads array `name` into memory of `arena`.
  ///
  /// @throws TrainingException if there is no such array, or it is malformed or truncated
  public NpyArray read(String name, Arena arena) throws TrainingException {
    try (InputStream in = open(entry(name))) {
      NpyHeader header = header(name, in);
      MemorySegment data = arena.allocate(header.dataBytes(), 64);
      copy(in, data);
      return new NpyArray(header, data);
    } catch (IOException malformed) {
      throw failure(name, malformed);
    } catch (OutOfMemoryError full) {
      throw new TrainingException(
          "%s: array %s does not fit into memory".formatted(file, name), full);
    }
  }

  /// Reads the values of array `name`, whose header is already known, into `out`.
  ///
  /// @param out of exactly the size of the values
  public void readInto(String name, MemorySegment out) throws TrainingException {
    try (InputStream in = open(entry(name))) {
      NpyHeader header = header(name, in);
      if (header.dataBytes() != out.byteSize()) {
        throw new IOException(
            "size: %d bytes (expected: %d)".formatted(header.dataBytes(), out.byteSize()));
      }
      copy(in, out);
    } catch (IOException malformed) {
      throw failure(name, malformed);
    }
  }

  /// Reads to the end, since only there the zip's checksum is verified.
  private static void copy(InputStream in, MemorySegment out) throws IOException {
    byte[] chunk = new byte[CHUNK_BYTES];
    long at = 0;
    while (true) {
      int count = in.read(chunk);
      if (count < 0) {
        break;
      }
      if (count > out.byteSize() - at) {
        throw new IOException("more bytes than its shape");
      }
      MemorySegment.copy(MemorySegment.ofArray(chunk), 0, out, at, count);
      at += count;
    }
    if (at != out.byteSize()) {
      throw new IOException("truncated: %d bytes (expected: %d)".formatted(at, out.byteSize()));
    }
  }

  private InputStream open(ZipEntry entry) throws IOException {
    return new BufferedInputStream(
        new CheckedMember(zip.getInputStream(entry), entry), CHUNK_BYTES);
  }

  private NpyHeader header(String name, InputStream in) throws IOException, TrainingException {
    ZipEntry entry = entry(name);
    var counted = new CountedInput(in);
    NpyHeader header = NpyHeader.read(counted);
    long expected = Math.addExact(counted.count(), header.dataBytes());
    if (entry.getSize() != expected) {
      throw new IOException(
          "member of %d bytes with shape %s (expected: %d bytes)"
              .formatted(entry.getSize(), header, expected));
    }
    if (entry.getCompressedSize() > fileBytes) {
      throw new IOException("member larger than its file");
    }
    if (expected > FREE_BYTES && expected / MAX_RATIO > entry.getCompressedSize()) {
      throw new IOException(
          "%d bytes in %d compressed ones (expected: at most %d-fold above %d bytes)"
              .formatted(expected, entry.getCompressedSize(), MAX_RATIO, FREE_BYTES));
    }
    return header;
  }

  private ZipEntry entry(String name) throws TrainingException {
    ZipEntry entry = members.get(name);
    if (entry == null) {
      throw new TrainingException(
          "%s: no array %s (found: %s)".formatted(file, name, members.keySet()));
    }
    return entry;
  }

  private TrainingException failure(String name, IOException cause) {
    return new TrainingException(
        "%s: array %s: %s".formatted(file, name, cause.getMessage()), cause);
  }

  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException unclosed) {
      System.getLogger(NpzFile.class.getName())
          .log(System.Logger.Level.DEBUG, "closing " + file, unclosed);
    }
  }
}
