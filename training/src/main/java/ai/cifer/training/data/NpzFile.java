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
import java.util.zip.CRC32;
import java.util.zip.ZipException;

/// Reads an npz file: a zip of npy arrays. Stored ones are mapped, deflated ones expanded into a
/// temporary file: neither takes memory in the size of the array.
///
/// Nothing is allocated on the word of a header alone: the shape must agree with the size of the
/// member, and a large member must not expand further than data does ([BoundedInflation]).
public final class NpzFile implements AutoCloseable {

  private static final String SUFFIX = ".npy";
  private static final int CHUNK_BYTES = 1 << 16;
  private static final long CRC_BYTES = 1L << 24;

  private final Path file;
  private final long fileBytes;
  private final ZipArchive zip;
  private final Map<String, ZipArchive.Member> members = new LinkedHashMap<>();

  private NpzFile(Path file, long fileBytes, ZipArchive zip) throws ZipException {
    this.file = file;
    this.fileBytes = fileBytes;
    this.zip = zip;
    for (ZipArchive.Member member : zip.members().values()) {
      if (member.name().endsWith(SUFFIX)) {
        String name = member.name().substring(0, member.name().length() - SUFFIX.length());
        members.put(name, member);
      }
    }
  }

  /// Opens `file` and reads its list of members.
  ///
  /// @throws TrainingException if it is missing, unreadable, or not a zip
  public static NpzFile open(Path file) throws TrainingException {
    try {
      return new NpzFile(file, Files.size(file), ZipArchive.open(file));
    } catch (NoSuchFileException missing) {
      throw new TrainingException("no such file: " + file, missing);
    } catch (IOException malformed) {
      throw new TrainingException(
          "%s: not a readable npz file: %s".formatted(file, malformed.getMessage()), malformed);
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
    ZipArchive.Member member = member(name);
    try (InputStream in = open(member)) {
      return header(member, new CountedInput(in));
    } catch (IOException malformed) {
      throw failure(name, malformed);
    }
  }

  /// The bytes that array `name` occupies in the file.
  public long compressedBytes(String name) throws TrainingException {
    return member(name).compressed();
  }

  /// Makes array `name` available until `arena` closes, mapped.
  ///
  /// @throws TrainingException if there is no such array, or it is malformed, truncated or damaged
  public NpyArray read(String name, Arena arena) throws TrainingException {
    ZipArchive.Member member = member(name);
    try (InputStream in = open(member)) {
      CountedInput counted = new CountedInput(in);
      NpyHeader header = header(member, counted);
      if (member.deflated()) {
        try (Spool spool = Spool.create()) {
          requireSize(in.transferTo(spool), header.dataBytes());
          return new NpyArray(header, spool.map(arena));
        }
      }
      MemorySegment bytes = zip.map(member, arena);
      requireChecksum(bytes, member.crc());
      return new NpyArray(header, bytes.asSlice(counted.count(), header.dataBytes()));
    } catch (IOException malformed) {
      throw failure(name, malformed);
    }
  }

  private static void requireChecksum(MemorySegment bytes, long expected) throws IOException {
    CRC32 crc = new CRC32();
    for (long at = 0; at < bytes.byteSize(); at += CRC_BYTES) {
      crc.update(bytes.asSlice(at, Math.min(CRC_BYTES, bytes.byteSize() - at)).asByteBuffer());
    }
    if (crc.getValue() != expected) {
      throw new ZipException("checksum does not match: the file is damaged");
    }
  }

  /// Reads the values of array `name`, whose header is already known, into `out`.
  ///
  /// @param out of exactly the size of the values
  public void readInto(String name, MemorySegment out) throws TrainingException {
    ZipArchive.Member member = member(name);
    try (InputStream in = open(member)) {
      NpyHeader header = header(member, new CountedInput(in));
      if (header.fortran()) {
        throw new IOException(
            "order of the array: Fortran (expected: C; save numpy.ascontiguousarray(x) instead)");
      }
      requireSize(header.dataBytes(), out.byteSize());
      copy(in, out);
    } catch (IOException malformed) {
      throw failure(name, malformed);
    }
  }

  private static void requireSize(long bytes, long expected) throws IOException {
    if (bytes != expected) {
      throw new IOException("size: %d bytes (expected: %d)".formatted(bytes, expected));
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
    requireSize(at, out.byteSize());
  }

  private InputStream open(ZipArchive.Member member) throws IOException {
    return new BufferedInputStream(zip.open(member), CHUNK_BYTES);
  }

  private NpyHeader header(ZipArchive.Member member, CountedInput in) throws IOException {
    NpyHeader header = NpyHeader.read(in);
    long expected = Math.addExact(in.count(), header.dataBytes());
    if (member.size() != expected) {
      throw new IOException(
          "member of %d bytes with shape %s (expected: %d bytes)"
              .formatted(member.size(), header, expected));
    }
    if (member.compressed() > fileBytes) {
      throw new IOException("member larger than its file");
    }
    if (BoundedInflation.isExcessive(expected, member.compressed())) {
      throw BoundedInflation.excessive(expected, member.compressed());
    }
    return header;
  }

  private ZipArchive.Member member(String name) throws TrainingException {
    ZipArchive.Member member = members.get(name);
    if (member == null) {
      throw new TrainingException(
          "%s: no array %s (found: %s)".formatted(file, name, members.keySet()));
    }
    return member;
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
