package ai.cifer.training.data;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A `tf.train.Example`: lists of bytes, floats or integers by name.
///
/// ```
/// Example  { Features features = 1; }             Feature { oneof:
/// Features { map<string, Feature> feature = 1; }    BytesList bytes_list = 1;   (field 1: bytes)
///                                                   FloatList float_list = 2;   (field 1: fixed32)
///                                                   Int64List int64_list = 3; } (field 1: varint)
/// ```
///
/// @see <a
///   href="https://github.com/tensorflow/tensorflow/blob/v2.19.0/tensorflow/core/example/example.proto">example.proto</a>
/// @see <a href="https://protobuf.dev/programming-guides/encoding/">Protocol Buffers: encoding</a>
final class TfExample {

  private static final int MAX_FEATURES = 1 << 14;

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  /// A list of one of the three types.
  sealed interface Feature {
    record Floats(float[] values) implements Feature {}

    record Integers(long[] values) implements Feature {}

    record ByteStrings(List<byte[]> values) implements Feature {}
  }

  private TfExample() {}

  /// @return by ascending names
  static Map<String, Feature> parse(byte[] record) throws IOException {
    Map<String, Feature> features = new TreeMap<>();
    try {
      fields(
          ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN),
          (number, example) -> {
            if (number == 1) {
              fields(
                  example,
                  (entry, body) -> {
                    if (entry == 1) {
                      feature(body, features);
                    }
                  });
            }
          });
      return features;
    } catch (BufferUnderflowException | IllegalArgumentException malformed) {
      throw new IOException("not a tf.train.Example", malformed);
    }
  }

  /// Takes a field with a body.
  @FunctionalInterface
  private interface Field {
    void body(int number, ByteBuffer body) throws IOException;
  }

  /// Passes over the fields without a body: none of the format has one here.
  private static void fields(ByteBuffer in, Field field) throws IOException {
    while (in.hasRemaining()) {
      long tag = varint(in);
      switch ((int) (tag & 7)) {
        case VARINT -> varint(in);
        case FIXED64 -> in.getLong();
        case BYTES -> field.body((int) (tag >>> 3), slice(in));
        case FIXED32 -> in.getInt();
        default -> throw new IOException("not a tf.train.Example: unknown wire type");
      }
    }
  }

  private static ByteBuffer slice(ByteBuffer in) throws IOException {
    long length = varint(in);
    if (length < 0 || length > in.remaining()) {
      throw new IOException("not a tf.train.Example: truncated");
    }
    ByteBuffer body = in.slice(in.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + (int) length);
    return body;
  }

  private static long varint(ByteBuffer in) throws IOException {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IOException("not a tf.train.Example: an integer without end");
  }

  private static void feature(ByteBuffer entry, Map<String, Feature> out) throws IOException {
    String[] name = {""};
    Feature[] value = {new Feature.Floats(new float[0])};
    fields(
        entry,
        (number, body) -> {
          if (number == 1) {
            name[0] = StandardCharsets.UTF_8.decode(body).toString();
          } else if (number == 2) {
            fields(body, (kind, list) -> value[0] = list(kind, list));
          }
        });
    out.put(name[0], value[0]);
    if (out.size() > MAX_FEATURES) {
      throw new IOException("more than %d features".formatted(MAX_FEATURES));
    }
  }

  private static Feature list(int kind, ByteBuffer list) throws IOException {
    return switch (kind) {
      case 1 -> {
        List<byte[]> values = new ArrayList<>();
        fields(
            list,
            (_, body) -> {
              byte[] bytes = new byte[body.remaining()];
              body.get(bytes);
              values.add(bytes);
            });
        yield new Feature.ByteStrings(values);
      }
      case 2 -> new Feature.Floats(floats(list));
      case 3 -> new Feature.Integers(integers(list));
      default -> throw new IOException("not a tf.train.Example: unknown kind of list");
    };
  }

  /// Packed into one body, as TensorFlow writes, or each with a tag of its own.
  private static float[] floats(ByteBuffer list) throws IOException {
    float[] values = new float[list.remaining() / Float.BYTES];
    int count = 0;
    while (list.hasRemaining()) {
      long tag = varint(list);
      boolean packed = (tag & 7) == BYTES;
      ByteBuffer body = packed ? slice(list) : list;
      for (boolean more = !packed || body.hasRemaining();
          more;
          more = packed && body.hasRemaining()) {
        values[count++] = body.getFloat();
      }
    }
    return Arrays.copyOf(values, count);
  }

  private static long[] integers(ByteBuffer list) throws IOException {
    long[] values = new long[list.remaining()];
    int count = 0;
    while (list.hasRemaining()) {
      long tag = varint(list);
      boolean packed = (tag & 7) == BYTES;
      ByteBuffer body = packed ? slice(list) : list;
      for (boolean more = !packed || body.hasRemaining();
          more;
          more = packed && body.hasRemaining()) {
        values[count++] = varint(body);
      }
    }
    return Arrays.copyOf(values, count);
  }
}
