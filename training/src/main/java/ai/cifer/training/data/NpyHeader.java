package ai.cifer.training.data;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// What stands before the values of an npy array: their type, byte order and shape.
///
/// ```
/// +------------------+-------+-------+----------------+----------------------------+
/// | 0x93 'N' ... 'Y' | major | minor | length u16/u32 | Python dict, padded, '\n'  |
/// | 6 bytes          | u8    | u8    | little endian  | length bytes               |
/// +------------------+-------+-------+----------------+----------------------------+
/// ```
///
/// The length is a u16 in version 1 and a u32 in versions 2 and 3. The values follow, row by row,
/// or in Fortran order with the first index running fastest.
///
/// @param type what one item is
/// @param order the order of the bytes of one item
/// @param itemBytes the size of one item
/// @param fortran whether the first index runs fastest
/// @param shape every dimension >= 0; the empty shape is a scalar
/// @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">numpy.lib
///   .format</a>
public record NpyHeader(
    NpyType type, ByteOrder order, int itemBytes, boolean fortran, List<Long> shape) {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /// Numpy itself writes about 120 bytes; more than this is no header of an array of numbers.
  static final int MAX_LENGTH_BYTES = 1 << 16;

  /// Numpy's own limit on dimensions.
  static final int MAX_RANK = 64;

  private static final int ALIGNMENT_BYTES = 64;

  public NpyHeader {
    shape = List.copyOf(shape);
  }

  /// A header for numbers in little-endian order.
  public static NpyHeader of(NpyType type, List<Long> shape) {
    return new NpyHeader(type, ByteOrder.LITTLE_ENDIAN, type.unitBytes(), false, shape);
  }

  /// A header for one text of `length` characters.
  static NpyHeader text(int length) {
    return new NpyHeader(
        NpyType.TEXT, ByteOrder.LITTLE_ENDIAN, 4 * Math.max(1, length), false, List.of());
  }

  /// The number of items.
  public long size() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  /// The size of all items.
  public long dataBytes() {
    return Math.multiplyExact(size(), (long) itemBytes);
  }

  /// The items of one row: of everything but the first dimension.
  public long rowSize() {
    return shape.stream().skip(1).reduce(1L, Math::multiplyExact);
  }

  /// The same type with another number of rows, in C order.
  NpyHeader withRows(long rows) {
    var changed = new java.util.ArrayList<>(shape);
    changed.set(0, rows);
    return new NpyHeader(type, order, itemBytes, false, changed);
  }

  /// Reads a header and leaves `in` at the first value.
  ///
  /// @throws IOException if it is truncated, malformed, or describes what is not supported; the
  ///   shape is checked against overflow, not against the bytes that follow
  static NpyHeader read(InputStream in) throws IOException {
    var data = new DataInputStream(in);
    byte[] start = new byte[8];
    try {
      data.readFully(start);
      if (!Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
        throw new IOException("not an npy array: it does not begin with \\x93NUMPY");
      }
      int major = start[6];
      if (major < 1 || major > 3) {
        throw new IOException("npy version: %d (expected: 1 to 3)".formatted(major));
      }
      byte[] lengthBytes = new byte[major == 1 ? 2 : 4];
      data.readFully(lengthBytes);
      ByteBuffer length = ByteBuffer.wrap(lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
      long count =
          major == 1
              ? Short.toUnsignedLong(length.getShort())
              : Integer.toUnsignedLong(length.getInt());
      if (count > MAX_LENGTH_BYTES) {
        throw new IOException(
            "npy header: %d bytes (expected: <= %d)".formatted(count, MAX_LENGTH_BYTES));
      }
      byte[] text = new byte[(int) count];
      data.readFully(text);
      return new NpyHeaderText(new String(text, StandardCharsets.UTF_8)).parse();
    } catch (EOFException end) {
      throw new IOException("npy header: truncated", end);
    }
  }

  /// The bytes of this header, version 1, padded so that the values begin at a multiple of 64.
  public byte[] toBytes() {
    String dimensions = shape.stream().map(String::valueOf).collect(Collectors.joining(", "));
    if (shape.size() == 1) {
      dimensions += ",";
    }
    char mark = itemBytes == 1 ? '|' : order == ByteOrder.LITTLE_ENDIAN ? '<' : '>';
    int units = type == NpyType.TEXT ? itemBytes / type.unitBytes() : itemBytes;
    String dict =
        "{'descr': '%c%c%d', 'fortran_order': %s, 'shape': (%s), }"
            .formatted(mark, type.kind(), units, fortran ? "True" : "False", dimensions);
    int fixed = MAGIC.length + 2 + 2;
    int total = (fixed + dict.length() + 1 + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
    ByteBuffer out = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
    out.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (total - fixed));
    out.put(dict.getBytes(StandardCharsets.US_ASCII));
    while (out.remaining() > 1) {
      out.put((byte) ' ');
    }
    return out.put((byte) '\n').array();
  }

  /// For example `uint8[16000, 28, 28]`.
  @Override
  public String toString() {
    return type.label() + shape;
  }
}
